"""Neuron models in which units differ: a constant of which every unit has its own becomes a variable of the equations.

Brian2, and all others that read the model, then find a variable that nothing moves: ``tau : second (constant)``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.neurons.model import NeuronModel
from brainlearn.units import Dimension, Dimensional, Quantity

Values = Mapping[str, Quantity | Dimensional]

_BASE = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candle")  # as Brian2 calls them


def with_values(model: NeuronModel, parameters: Values, initial: Values) -> NeuronModel:
    """Return the model with other parameters and initial values: quantities, or what differs between units."""
    same, varied = _split({**model.parameters, **model.varied, **parameters})
    at_onset, varied_at_onset = _split({**model.initial, **model.varied_initial, **initial})
    lines = [f"{name} : {unit_of(value.dimension)} (constant)" for name, value in varied.items()]
    return dataclasses.replace(
        model,
        equations="\n".join([written_equations(model), *lines]),
        parameters=same,
        initial=at_onset,
        varied=varied,
        varied_initial=varied_at_onset,
    )


def written_equations(model: NeuronModel) -> str:
    """Return the equations as they were written, without the variables that stand for constants."""
    lines = model.equations.split("\n")
    return "\n".join(lines[: len(lines) - len(model.varied)])


def written_values(model: NeuronModel) -> tuple[Values, Values]:
    """Return all parameters and all initial values, those that differ between units among them."""
    return {**model.parameters, **model.varied}, {**model.initial, **model.varied_initial}


def defined_names(equations: str) -> frozenset[str]:
    """Return the names that the lines of equations define."""
    lines = re.findall(r"^\s*(?:d(\w+)\s*/\s*dt|(\w+))\s*[=:]", equations, re.MULTILINE)
    return frozenset(differential or other for differential, other in lines)


def unit_of(dimension: Dimension) -> str:
    """Return a dimension as a unit that equations may contain.

    >>> unit_of((0, 0, 1, 0, 0, 0, 0)), unit_of((2, 1, -3, -1, 0, 0, 0))
    ('second', 'metre**2*kilogram*second**-3*amp**-1')
    """
    factors = (
        f"{unit}**{power}" if power != 1 else unit for unit, power in zip(_BASE, dimension, strict=True) if power
    )
    return "*".join(factors) or "1"


def _split(values: Values) -> tuple[Mapping[str, Quantity], Mapping[str, Dimensional]]:
    same = {name: value for name, value in values.items() if isinstance(value, Quantity)}
    varied = {name: value for name, value in values.items() if not isinstance(value, Quantity)}
    return MappingProxyType(same), MappingProxyType(varied)
