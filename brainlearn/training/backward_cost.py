"""The cost of a mirror that learns by backpropagation, by the same definitions as for rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.cost.backward import READOUT, Backwards, with_backward
from brainlearn.cost.carriers import carriers
from brainlearn.cost.events import EventTally
from brainlearn.cost.fan import Fan, fan_of
from brainlearn.cost.memory import REMEMBERED, backward_bytes, footprint, with_traffic
from brainlearn.cost.showing import showing_cost
from brainlearn.mirror.backprop import Backprop
from brainlearn.mirror.linear_readout import LinearReadout
from brainlearn.mirror.state import MirrorState
from brainlearn.results.cost_record import Footprint, StageCost

Stored = Mapping[str, Rows | Kernels]


def stored_otherwise(wiring: Mapping[str, AnyWiring]) -> Stored:
    """Return the units that synapses connect, of projections without a matrix; of lists without initial weights."""
    lists = {name: replace(w, weights=np.empty(0)) for name, w in wiring.items() if isinstance(w, Rows)}
    return lists | {name: w for name, w in wiring.items() if isinstance(w, Kernels)}


def phase_counter(backprop: Backprop, tally: EventTally, learn: bool) -> Callable[[int, MirrorState], None]:
    """Return a function that adds the events of a phase to a tally, given the phase's number and final state."""

    def ended(number: int, state: MirrorState) -> None:
        mirror, sent = backprop.mirror, {}
        for path, population in mirror.populations.items():
            steps = max(state.counted, 1)
            values = state.counts[path] if population.spiking else (mirror.activity(state, path) != 0) * steps
            sent[path] = values.detach().cpu().numpy()
        shown = np.ones(len(next(iter(sent.values()))), dtype=bool)
        tally.add(str(number), state.counted, shown, shown & learn, sent)

    return ended


def backward_cost(backprop: Backprop, learning: Sequence[str], tally: EventTally, stored: Stored) -> StageCost:
    """Return the cost of the rounds of a tally, with synapses and weights as they are now.

    Parameters
    ----------
    backprop : Backprop
    learning : sequence of str
        Projections whose weights are changed.
    tally : EventTally
    stored : mapping of str to Rows or Kernels
        By projection without a matrix.
    """
    circuit, fans, free = backprop.mirror.circuit, fans_of(backprop, stored), tuple(learning)
    carried = carriers(circuit)
    tied = tuple(each.name for name in free for each in circuit.tied_to(name))
    cost = showing_cost(tally, circuit, carried, fans)
    way = Backwards((*free, *tied), free, backprop.recompute_every is not None, _readout(backprop))
    cost = with_backward(cost, tally, circuit, carried, fans, way)
    remembers = dict.fromkeys(cost.weight_updates, REMEMBERED["adam"])
    return with_traffic(cost, fans, backprop.mirror.dtype.itemsize, remembers)


def backward_footprint(backprop: Backprop, learning: Sequence[str], stored: Stored) -> Footprint:
    """Return the memory of a mirror and of backpropagation through it."""
    circuit, fans, width = backprop.mirror.circuit, fans_of(backprop, stored), backprop.mirror.dtype.itemsize
    features, classes = _readout(backprop)
    steps = sum(phase.steps for phase in backprop.phases)
    learns = {name: fans[name] for name in learning}
    held = backward_bytes(circuit, learns, width, steps, backprop.recompute_every, features * classes)
    readout = (READOUT, features * classes) if features else None
    return footprint(circuit, carriers(circuit), fans, width, held, readout)


def fans_of(backprop: Backprop, stored: Stored) -> dict[str, Fan]:
    """Return the synapses of every projection, counted by unit."""
    weights = backprop.all_weights()
    return {name: fan_of(each, backprop.mask(name), stored.get(name)) for name, each in weights.items()}


def _readout(backprop: Backprop) -> tuple[int, int]:
    """Return the features and classes of a linear readout; (0, 0) without one."""
    if not isinstance(backprop.readout, LinearReadout):
        return 0, 0
    classes, features = backprop.readout.linear.weight.shape
    return features, classes
