"""Neuron models whose units can be switched off one by one: a unit that is off never crosses its threshold."""

from __future__ import annotations

import dataclasses

from brainlearn.neurons.model import NeuronModel
from brainlearn.reserved import reserved
from brainlearn.units import parse_quantity

ON = reserved("on")
"""Variable of a unit [1]: 1, or 0 while it is switched off."""


def switched(model: NeuronModel) -> NeuronModel:
    """Return the model with a variable that switches each unit on and off.

    All that reads the model simulates the switch without knowing of it: stock Brian2, copies and the mirror.

    Parameters
    ----------
    model : NeuronModel
        Of units that spike.
    """
    return dataclasses.replace(
        model,
        equations=f"{ON} : 1\n{model.equations}",
        threshold=f"({model.threshold}) and {ON} > 0",
        initial={**model.initial, ON: parse_quantity(1)},
    )
