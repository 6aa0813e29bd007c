"""What arrives at the synapses of a projection: spikes alone, spikes that carry numbers, or an activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brainlearn.brian.text.statement import parse_on_pre, parse_transmit
from brainlearn.brian.text.synapse_text import synapse_text
from brainlearn.circuit import Circuit, Projection


@dataclass(frozen=True)
class Carrier:
    """What arrives at the synapses of a projection.

    Parameters
    ----------
    source, target : str
        Paths of populations.
    events : bool
        Whether what the source sends says how often synapses work; else they all do, in every step.
    binary : bool
        Whether spikes carry nothing: their weights are added, and nothing is multiplied.
    effects : int
        Sums that every arriving event adds to.
    exact : bool
        Whether the number of operations is counted; else it is estimated, or an upper bound.
    """

    source: str
    target: str
    events: bool
    binary: bool
    effects: int
    exact: bool


def carriers(circuit: Circuit) -> Mapping[str, Carrier]:
    """Return what arrives at the synapses of every projection, by its name."""
    return {projection.name: _carrier(circuit, projection) for projection in circuit.projections}


def _carrier(circuit: Circuit, projection: Projection) -> Carrier:
    text, source = synapse_text(circuit, projection), circuit.models[projection.source]
    ends = projection.source, projection.target
    if "on_pre" in text:
        statements = parse_on_pre(text["on_pre"])
        read = {name for each in statements for name in each.factor.names if name.endswith("_pre")}
        binary = not read and projection.short_term_plasticity is None
        return Carrier(*ends, True, binary, len(statements), exact=not projection.delayed)
    read = {name for name in parse_transmit(text["transmit"]).factor.names if name.endswith("_pre")}
    silent = not source.threshold and f"{source.output}_pre" in read
    return Carrier(*ends, silent, False, 1, exact=silent and source.kind == "stimulus" and not projection.delayed)
