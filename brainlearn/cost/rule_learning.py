"""Operations by which a rule changes weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.brian.presenter import Phase
from brainlearn.circuit import Circuit, Projection
from brainlearn.cost.events import EventTally, PhaseEvents
from brainlearn.cost.fan import Fan
from brainlearn.results.cost_record import StageCost
from brainlearn.rules.rule import CONTINUOUS, ON_SPIKES, Change


def with_rule_learning(
    cost: StageCost,
    tally: EventTally,
    circuit: Circuit,
    phases: Sequence[Phase],
    rules: Sequence[Plasticity],
    fans: Mapping[str, Fan],
) -> StageCost:
    """Return the cost of showing presentations with that of learning from them.

    Each term of a rule multiplies a presynaptic and a postsynaptic number and adds the product to what is proposed: one
    multiply-accumulate for every synapse and presentation, at the end of a phase or in every step; on spikes for every
    synapse that the spike reaches. States of synapses are updated in every step.

    Parameters
    ----------
    cost : StageCost
        Of showing.
    tally : EventTally
    circuit : Circuit
    phases : sequence of Phase
        Of a presentation.
    rules : sequence of Plasticity
    fans : mapping of str to Fan
        By projection.
    """
    macs, dense, writes = {}, {}, {}
    for plasticity in rules:
        for name in plasticity.projections:
            projection = circuit.projection(name)
            found = [_in_phase(plasticity, projection, events, fans[name]) for events in _learning(tally, phases, name)]
            macs[name], dense[name], writes[name] = (float(sum(each)) for each in zip((0.0,) * 3, *found, strict=True))
    return replace(
        cost,
        learning_macs=macs,
        learning_acs=dict.fromkeys(macs, 0.0),
        learning_dense=dense,
        weight_updates=writes,
    )


def _learning(tally: EventTally, phases: Sequence[Phase], name: str) -> list[PhaseEvents]:
    """Return what happened in the phases in which a projection learns."""
    return [tally.phases[phase.name] for phase in phases if phase.name in tally.phases and phase.learns(name)]


def _in_phase(
    plasticity: Plasticity, projection: Projection, events: PhaseEvents, fan: Fan
) -> tuple[float, float, float]:
    """Return operations, those of a machine that skips nothing, and updates of weights in one phase."""
    rule = plasticity.rule.along(projection.pathway)
    counted = [_times(change, projection, events, fan) for change in rule.changes]
    states = len(rule.states) * events.learning_steps
    dense = sum(_dense_times(change, events) for change in rule.changes) + states
    return sum(counted) + states * fan.synapses, dense * fan.pairs, _updates(rule.changes, projection, events, fan)


def _times(change: Change, projection: Projection, events: PhaseEvents, fan: Fan) -> float:
    """Return how often synapses compute a term."""
    if change.when in ON_SPIKES:
        return _reached(change, projection, events, fan)
    return fan.synapses * _dense_times(change, events)


def _dense_times(change: Change, events: PhaseEvents) -> float:
    """Return how often each synapse computes a term, if none is left out."""
    return events.learning if change.when == "phase_end" else events.learning_steps


def _reached(change: Change, projection: Projection, events: PhaseEvents, fan: Fan) -> float:
    """Return how many synapses the spikes of one side reach, spike by spike."""
    before = change.when == "pre_spike"
    path, reached = (projection.source, fan.outgoing) if before else (projection.target, fan.incoming)
    return float(events.learning_sent[path] @ reached) if path in events.learning_sent else 0.0


def _updates(changes: Sequence[Change], projection: Projection, events: PhaseEvents, fan: Fan) -> float:
    """Return how often a weight is written: once a round for what is summed up, else in the step or on the spike."""
    found = sum(_reached(each, projection, events, fan) for each in changes if each.when in ON_SPIKES)
    if any(each.when == CONTINUOUS for each in changes):
        found += fan.written * events.round_steps
    if any(each.when not in (*ON_SPIKES, CONTINUOUS) for each in changes):
        found += fan.written * events.rounds
    return found
