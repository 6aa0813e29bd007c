"""Neuron models: equations with units, in Brian2's syntax, and their initial values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from brainlearn.units import Dimensional, Quantity, parse_quantity

NeuronKind = Literal["spiking", "graded", "stimulus"]


@dataclass(frozen=True)
class NeuronModel:
    """A neuron model as text.

    Parameters
    ----------
    name : str
        As a circuit file calls it.
    kind : "spiking", "graded" or "stimulus"
        Sends spikes; sends its `output` all the time; is set from outside.
    equations, threshold, reset, refractory : str
        Brian2 text, with units. What `varied` names are variables here, in lines at the end.
    method : str
        How Brian2 integrates: "exact", "exponential_euler", "euler", …
    parameters : mapping of str to Quantity
        The constants that the text names, but for those that differ between units.
    initial : mapping of str to Quantity
        Variables at the onset of a presentation; those not named here or in `varied_initial` are 0.
    output : str
        The variable that continuous synapses transmit.
    input : str
        The variable that is set for each unit: of a stimulus, or the target of an output.
    feedback : str
        The variable, or the subexpression, that brings top-down or teaching input; rules may read its mean.
    kept : tuple of str
        Variables of differential equations that a unit keeps from one presentation to the next. All its copies share
        them, and they change only while the circuit learns.
    description, source : str
        One line for people, and the paper.
    varied, varied_initial : mapping of str to table
        Constants, and variables at the onset, that differ between units; see `brainlearn.neurons.varying`.
    """

    name: str
    kind: NeuronKind
    equations: str
    threshold: str = ""
    reset: str = ""
    refractory: str = ""
    method: str = "euler"
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    initial: Mapping[str, Quantity] = field(default_factory=dict)
    output: str = ""
    input: str = ""
    feedback: str = ""
    kept: tuple[str, ...] = ()
    description: str = ""
    source: str = ""
    varied: Mapping[str, Dimensional] = field(default_factory=dict)
    varied_initial: Mapping[str, Dimensional] = field(default_factory=dict)


def quantities(**texts: str | int | float) -> Mapping[str, Quantity]:
    """Parse every value: ``quantities(tau="10 ms", threshold=1)``."""
    return MappingProxyType({name: parse_quantity(text) for name, text in texts.items()})
