"""Bytes: the memory of a circuit and its learning, and what they read and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.circuit import Circuit
from brainlearn.cost.carriers import Carrier
from brainlearn.cost.fan import Fan
from brainlearn.cost.showing import integrated, traces_of, units
from brainlearn.results.cost_record import Footprint, StageCost

INDEX = 4  # bytes that name the target of a listed synapse
REMEMBERED = {"momentum": 1, "adam": 2, "gather": 1}  # numbers of every weight that an update remembers


def footprint(
    circuit: Circuit,
    carried: Mapping[str, Carrier],
    fans: Mapping[str, Fan],
    width: int,
    learning_bytes: float,
    readout: tuple[str, int] | None = None,
) -> Footprint:
    """Return the memory of a circuit that shows one presentation.

    Parameters
    ----------
    circuit : Circuit
    carried : mapping of str to Carrier
    fans : mapping of str to Fan
        By projection.
    width : int
        Bytes of a number.
    learning_bytes : float
    readout : (str, int), optional
        Name and number of the weights of a readout that learns with the circuit.
    """
    stored = {name: _stored(fan, width) for name, fan in fans.items()}
    pairs, synapses = {n: fan.pairs for n, fan in fans.items()}, {n: fan.synapses for n, fan in fans.items()}
    nonzero, exact = {n: float(f.nonzero.sum()) for n, f in fans.items()}, {n: c.exact for n, c in carried.items()}
    if readout is not None:
        name, weights = readout
        stored[name] = float(weights * width)
        pairs[name] = synapses[name] = nonzero[name] = float(weights)
        exact[name] = True
    return Footprint(pairs, synapses, nonzero, exact, stored, state_bytes(circuit, width), learning_bytes)


def _stored(fan: Fan, width: int) -> float:
    return fan.numbers * (width + (INDEX if fan.listed else 0))


def state_bytes(circuit: Circuit, width: int) -> dict[str, float]:
    """Return the memory of integrated variables, of one copy, by population but stimuli [byte]."""
    return {path: float(size * integrated(circuit, path) * width) for path, size in units(circuit).items()}


def rule_bytes(circuit: Circuit, rules: Sequence[Plasticity], fans: Mapping[str, Fan], width: int) -> float:
    """Return the memory of rules: traces, states of synapses, proposals, and what updates remember [byte].

    Traces and states are those of one copy.
    """
    total = float(sum(p.size * len(traces_of(circuit, p.path, rules)) for p in circuit.populations))
    for plasticity in rules:
        numbers = 1 + len(plasticity.rule.states) + remembered(plasticity)
        total += sum(numbers * fans[name].numbers for name in plasticity.projections)
    return total * width


def remembered(plasticity: Plasticity) -> int:
    """Return how many numbers the updates of a rule remember for every weight."""
    return sum(REMEMBERED.get(name, 0) for name, _ in plasticity.updates)


def backward_bytes(
    circuit: Circuit, learns: Mapping[str, Fan], width: int, steps: int, recompute_every: int | None, readout: int
) -> float:
    """Return the memory of backpropagation: gradients, two averages of Adam, and states of steps, of one copy [byte].

    Parameters
    ----------
    circuit : Circuit
    learns : mapping of str to Fan
        Projections whose weights are changed.
    width : int
        Bytes of a number.
    steps : int
        Of a presentation.
    recompute_every : int, optional
        Steps after which a state is kept, from which those between are computed again.
    readout : int
        Weights of a readout that learns with the circuit.
    """
    kept = steps if recompute_every is None else -(-steps // recompute_every) + recompute_every
    states = sum(state_bytes(circuit, width).values()) * kept
    numbers = 1 + REMEMBERED["adam"]  # a gradient, and two averages
    return numbers * width * (sum(fan.numbers for fan in learns.values()) + readout) + states


def with_traffic(cost: StageCost, fans: Mapping[str, Fan], width: int, remembers: Mapping[str, int]) -> StageCost:
    """Return a cost with the bytes that its operations read and write, if nothing is cached.

    An operation reads a weight, and of listed synapses its target, and reads and writes a sum; an operation of learning
    reads two numbers, and reads and writes a proposal. An update of a state, or of a weight with what is remembered of
    it, reads and writes it.

    Parameters
    ----------
    cost : StageCost
    fans : mapping of str to Fan
        By projection.
    width : int
        Bytes of a number.
    remembers : mapping of str to int
        By projection: numbers that its updates remember of every weight.
    """
    total = 0.0
    for name in cost.macs:
        index = INDEX if name in fans and fans[name].listed else 0
        total += (cost.macs[name] + cost.acs[name]) * (3 * width + index)
    total += 4 * width * sum(cost.learning_macs.values())
    total += 4 * width * sum(cost.learning_acs.values())
    total += 2 * width * sum(cost.state_updates.values())
    for name, updates in cost.weight_updates.items():
        total += 2 * width * updates * (1 + remembers.get(name, 0))
    return replace(cost, traffic_bytes=total)
