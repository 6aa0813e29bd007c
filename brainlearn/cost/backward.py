"""Operations of backpropagation: errors sent back through synapses, and gradients of weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from brainlearn.circuit import Circuit
from brainlearn.cost.carriers import Carrier
from brainlearn.cost.events import EventTally
from brainlearn.cost.fan import Fan
from brainlearn.results.cost_record import StageCost

READOUT = "readout"


@dataclass(frozen=True)
class Backwards:
    """How backpropagation traverses a circuit.

    Parameters
    ----------
    learning : collection of str
        Projections whose weights have a gradient, those of tied weights too.
    free : collection of str
        Those of them whose weights are changed.
    recomputed : bool
        Whether states are computed a second time on the way back.
    readout : (int, int)
        Features and classes of a linear readout that learns with the circuit; (0, 0) without one.
    """

    learning: Collection[str]
    free: Collection[str]
    recomputed: bool
    readout: tuple[int, int]


def with_backward(
    cost: StageCost,
    tally: EventTally,
    circuit: Circuit,
    carried: Mapping[str, Carrier],
    fans: Mapping[str, Fan],
    backwards: Backwards,
) -> StageCost:
    """Return the cost of showing presentations and of the backward pass, step by step.

    An error travels back through every synapse that is not 0 by a multiply-accumulate, unless the source is a
    stimulus; to the gradient of a weight it is added for every event that the weight carried. Nothing that is 0 in an
    error is left out, for surrogate gradients hardly ever are.

    Parameters
    ----------
    cost : StageCost
        Of showing.
    tally : EventTally
    circuit : Circuit
    carried : mapping of str to Carrier
    fans : mapping of str to Fan
        By projection.
    backwards : Backwards
    """
    macs, acs, dense = (dict.fromkeys(carried, 0.0) for _ in range(3))
    steps, share = tally.learning_steps, tally.learning_steps / max(tally.steps, 1)
    for name, carrier in carried.items():
        fan, effects = fans[name], carrier.effects
        if circuit.models[carrier.source].kind != "stimulus":
            macs[name] += float(fan.nonzero.sum()) * steps * effects
            dense[name] += fan.pairs * steps * effects
        if name in backwards.learning:
            gradient = _gradient(tally, carrier, fan)
            acs[name] += gradient if carrier.binary else 0.0
            macs[name] += 0.0 if carrier.binary else gradient
            dense[name] += fan.pairs * steps * effects
        if backwards.recomputed:
            macs[name] += cost.macs[name] * share
            acs[name] += cost.acs[name] * share
            dense[name] += cost.dense[name] * share
    found = replace(
        cost,
        learning_macs=macs,
        learning_acs=acs,
        learning_dense=dense,
        weight_updates={name: fans[name].written * _rounds(tally) for name in backwards.free},
    )
    again = 1 + (1 + backwards.recomputed) * share  # every state has an error, and may be computed a second time
    found = replace(found, state_updates={path: again * number for path, number in cost.state_updates.items()})
    return _with_readout(found, tally, backwards.readout)


def _gradient(tally: EventTally, carrier: Carrier, fan: Fan) -> float:
    """Return how often an error is added to the gradient of a weight."""
    if not carrier.events:
        return fan.synapses * tally.learning_steps * carrier.effects
    sent = (phase.learning_sent[carrier.source] for phase in tally.phases.values() if phase.learning)
    return float(sum(each @ fan.outgoing for each in sent)) * carrier.effects


def _rounds(tally: EventTally) -> float:
    return max((phase.rounds for phase in tally.phases.values()), default=0.0)


def _with_readout(cost: StageCost, tally: EventTally, shape: tuple[int, int]) -> StageCost:
    """Add a linear readout, which is read once in a presentation, and learns with the circuit."""
    weights = float(shape[0] * shape[1])
    if not weights:
        return cost
    learning = max((phase.learning for phase in tally.phases.values()), default=0.0)
    shown, back = weights * tally.presentations, 2 * weights * learning  # the error, and the gradient
    return replace(
        cost,
        macs={**cost.macs, READOUT: shown},
        acs={**cost.acs, READOUT: 0.0},
        dense={**cost.dense, READOUT: shown},
        learning_macs={**cost.learning_macs, READOUT: back},
        learning_acs={**cost.learning_acs, READOUT: 0.0},
        learning_dense={**cost.learning_dense, READOUT: back},
        weight_updates={**cost.weight_updates, READOUT: weights * _rounds(tally)},
    )
