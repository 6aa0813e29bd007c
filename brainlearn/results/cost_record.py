"""The cost of a stage of a run, and what its circuit occupies: plain numbers by projection and population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Numbers = dict[str, float]


@dataclass(frozen=True)
class StageCost:
    """Operations of all presentations of an epoch, of a training or of a test; `docs/cost.md` defines each.

    Parameters
    ----------
    presentations, steps : float
        Presentations shown, and time steps summed over them.
    macs, acs, dense : dict of str to float
        By projection: multiply-accumulates and accumulates through nonzero synapses, and operations of a
        machine that skips nothing.
    learning_macs, learning_acs, learning_dense : dict of str to float
        The same of what is computed to change weights: by the rule, or on the way back.
    weight_updates : dict of str to float
        By projection: how often a weight was read, changed and written.
    events : dict of str to float
        By population: spikes, or steps of graded units whose output is not 0.
    membrane_updates : dict of str to float
        By population that is no stimulus: time steps of all its units.
    state_updates : dict of str to float
        By population: the same of every variable that units integrate, traces too.
    traffic_bytes : float
        Read and written, if nothing is cached [byte].
    """

    presentations: float = 0.0
    steps: float = 0.0
    macs: Numbers = field(default_factory=dict)
    acs: Numbers = field(default_factory=dict)
    dense: Numbers = field(default_factory=dict)
    learning_macs: Numbers = field(default_factory=dict)
    learning_acs: Numbers = field(default_factory=dict)
    learning_dense: Numbers = field(default_factory=dict)
    weight_updates: Numbers = field(default_factory=dict)
    events: Numbers = field(default_factory=dict)
    membrane_updates: Numbers = field(default_factory=dict)
    state_updates: Numbers = field(default_factory=dict)
    traffic_bytes: float = 0.0

    def __add__(self, other: StageCost) -> StageCost:
        """Return the cost of both."""
        sums: dict[str, Any] = {name: _sum(getattr(self, name), getattr(other, name)) for name in FIELDS}
        return StageCost(**sums)


FIELDS = tuple(each.name for each in fields(StageCost))


def _sum(one: float | Numbers, other: float | Numbers) -> float | Numbers:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {name: one.get(name, 0.0) + other.get(name, 0.0) for name in dict.fromkeys([*one, *other])}
    assert not isinstance(one, Mapping)
    assert not isinstance(other, Mapping)
    return one + other


@dataclass(frozen=True)
class Footprint:
    """The memory of a circuit that shows one presentation.

    Parameters
    ----------
    pairs, synapses, nonzero : dict of str to float
        By projection: pairs of units, synapses, and synapses whose weight is not 0.
    exact : dict of str to bool
        By projection: whether its operations are counted, and not estimated.
    parameter_bytes : dict of str to float
        By projection: weights, including zeros, and of listed synapses their targets [byte].
    state_bytes : dict of str to float
        By population that is no stimulus: variables that its units integrate, of one copy [byte].
    learning_bytes : float
        What learning holds beside: traces, states of synapses, proposals, memory of updates; of backpropagation
        gradients, memory of the optimiser, and states of all steps [byte].
    """

    pairs: Numbers
    synapses: Numbers
    nonzero: Numbers
    exact: dict[str, bool]
    parameter_bytes: Numbers
    state_bytes: Numbers
    learning_bytes: float
