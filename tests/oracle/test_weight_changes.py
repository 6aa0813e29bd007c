"""Weights learn the same with shared weights and where Brian2 runs the rule's text synapse by synapse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from _pytest.mark import ParameterSet

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Plasticity
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_circuit
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import follow, wire
from brainlearn.mirror import Mirror
from brainlearn.rules import RULES
from tests.oracle.both_deliveries import (
    FREE_AND_NUDGED,
    OF_ITS_OWN,
    ROUNDS,
    SHIPPED,
    VOLTS,
    in_volts,
    phases_of,
    present,
    reads_feedback,
    shrunk,
)

PLASTIC = Path(__file__).with_name("plastic.toml")
# the rule applies at the end of both
PHASES = (Phase("onset", 30, nudge=1.0), Phase("later", 20, reset=False, nudge=1.0))
CHAINS = {
    "plain step": (("step", {"size": 1.0}),),
    "adam, decay, clip": (
        ("adam", {"size": 0.01}),
        ("decay", {"rate": 0.01}),
        ("clip", {"low": -0.5, "high": 0.6}),
    ),
}


def between_spiking(circuit: Circuit) -> tuple[str, ...]:
    def spiking(path: str) -> bool:
        return bool(circuit.neurons[circuit.population(path).neuron].threshold)

    free = (p for p in circuit.projections if not isinstance(p.weights, Tied))
    return tuple(p.name for p in free if spiking(p.source) and spiking(p.target))


def drawn(circuit: Circuit) -> tuple[str, ...]:
    return tuple(p.name for p in circuit.projections if not isinstance(p.weights, Tied))


GENTLE = {  # the activity of the first two is 1 at 50 Hz: a full step would silence all; the last changes little
    "kinase": 0.02,
    "kinase_continuous": 5e-4,
    "dendritic_error": 0.01,
    "dendritic_balance": 0.01,
    "target_propagation": 0.01,
    "reward_e_prop": 100.0,
}
PARTNERS = [name for name, rule in RULES.items() if rule.top_down and name not in OF_ITS_OWN]

WITH_SPIKES = [path for path in SHIPPED if between_spiking(read_circuit(path).circuit)]
QUICK = ("two_areas", "recurrent_graded")


def few_of(paths: Sequence[Path]) -> list[ParameterSet]:
    """Return all circuits, of which those that are like another one are slow."""
    marks = {path: () if path.stem in QUICK else [pytest.mark.slow] for path in paths}
    return [pytest.param(path, marks=mark, id=path.stem) for path, mark in marks.items()]


def learn_both_ways(circuit: Circuit, plasticity: Plasticity) -> None:
    """Compare the two deliveries after 150 steps in which every listed projection must change."""
    phases = phases_of(plasticity.rule, PHASES)
    shared, stock = (present(circuit, delivery, plasticity, phases) for delivery in ("shared", "stock"))
    tied = {p.name: p.weights for p in circuit.projections if isinstance(p.weights, Tied)}
    scales = {name: weights.scale for name, weights in tied.items() if weights.to in plasticity.projections}
    for name, change in stock.changes.items():
        there = (stock.weights[name] != 0) | (change != 0)  # a weight may have come to 0
        moved = np.mean(np.abs(change[there]) > 1e-4 * scales.get(name, 1.0)) if there.any() else 0.0
        assert moved > 0.2 if name in (*plasticity.projections, *scales) else not change.any(), name
        np.testing.assert_allclose(shared.changes[name], change, rtol=0, atol=1e-10, err_msg=name)


BETWEEN_SPIKES = {"ostl": ("temporal_difference_two_areas", ("V1/E->V2/E", "V2/E->IT/class"))}
ALIKE = {"forward_forward_running", "forward_forward_trace", "spike_difference", "kinase", "triplet_stdp", "oja"}


@pytest.mark.parametrize("chain", ["plain step", pytest.param("adam, decay, clip", marks=pytest.mark.slow)])
@pytest.mark.parametrize("rule", [pytest.param(r, marks=pytest.mark.slow if r in ALIKE else ()) for r in RULES])
def test_every_rule_changes_weights_like_stock_brian(rule, chain):
    circuit = load_circuit(PLASTIC)
    if reads_feedback(RULES[rule]):
        circuit = shrunk(next(path for path in SHIPPED if path.stem == "temporal_difference"))
    if in_volts(RULES[rule]):
        circuit = shrunk(VOLTS)
    updates = (("step", {"size": GENTLE[rule]}),) if rule in GENTLE and chain == "plain step" else CHAINS[chain]
    stem, names = (OF_ITS_OWN | BETWEEN_SPIKES).get(rule, ("", drawn(circuit)))
    if stem:
        circuit = shrunk(next(path for path in SHIPPED if path.stem == stem))
    learn_both_ways(circuit, Plasticity(RULES[rule], names, updates=updates))


@pytest.mark.parametrize("stem", ["temporal_difference", "temporal_difference_two_areas"])
@pytest.mark.parametrize("rule", PARTNERS)
def test_top_down_weights_that_learn_change_like_stock_brian(rule, stem):
    circuit = shrunk(next(path for path in SHIPPED if path.stem == stem), untied=True)
    names = drawn(circuit)
    assert len(names) == len(circuit.projections)
    learn_both_ways(circuit, Plasticity(RULES[rule], names, updates=(("step", {"size": 1.0}),)))


@pytest.mark.parametrize("rule", PARTNERS)
def test_both_directions_propose_the_same_and_become_alike_as_weights_decay(rule):
    circuit = shrunk(next(path for path in SHIPPED if path.stem == "temporal_difference_two_areas"), untied=True)
    rate = 0.1
    chain = (("step", {"size": 1.0}), ("decay", {"rate": rate}))
    outcome = present(circuit, "shared", Plasticity(RULES[rule], drawn(circuit), updates=chain), FREE_AND_NUDGED)
    for up, down in (("V1/E->V2/E", "V2/E->V1/E"), ("V2/E->IT/class", "IT/class->V2/E")):
        apart = outcome.weights[up] - outcome.weights[down].T
        first = apart - (outcome.changes[up] - outcome.changes[down].T)
        np.testing.assert_allclose(apart, first * (1 - rate) ** ROUNDS, rtol=0, atol=1e-12)
        assert np.mean(np.abs(outcome.changes[up]) > 1e-3) > 0.2


@pytest.mark.parametrize("path", few_of(SHIPPED))
def test_every_shipped_circuit_learns_like_stock_brian(path):
    circuit = shrunk(path)
    learn_both_ways(circuit, Plasticity(RULES["forward_forward"], drawn(circuit)))


@pytest.mark.parametrize("path", few_of(WITH_SPIKES))
def test_spike_timing_in_every_shipped_circuit_is_like_stock_brian(path):
    circuit = shrunk(path)
    chain = (("step", {"size": 0.1}),)
    learn_both_ways(circuit, Plasticity(RULES["pair_stdp"], between_spiking(circuit), updates=chain))


def test_most_shipped_circuits_carry_spikes_between_areas():
    assert {path.stem for path in WITH_SPIKES} >= {"two_areas", "two_areas_top_down", "three_areas_recurrent"}


@pytest.mark.parametrize("rule", ["forward_forward_running", "forward_forward_trace"])
def test_graded_units_change_weights_like_stock_brian(rule):
    circuit = shrunk(next(path for path in SHIPPED if path.stem == "graded_three_areas"))
    learn_both_ways(circuit, Plasticity(RULES[rule], tuple(p.name for p in circuit.projections)))


def test_weights_that_are_tied_in_part_follow_alike_in_both_deliveries_and_in_the_mirror():
    path = next(path for path in SHIPPED if path.stem == "temporal_difference")
    name, to = "IT/class->V1/E", "V1/E->IT/class"
    table = Tied(distribution="tied", to=to, scale=0.5, correlation=0.4)
    sizes = {p.path: p.size for p in shrunk(path).populations if p.sheet is None}
    circuit = load_circuit(path, sizes, {name: table})
    plasticity = Plasticity(RULES["temporal_difference"], drawn(circuit), updates=(("step", {"size": 1.0}),))
    learn_both_ways(circuit, plasticity)
    outcome = present(circuit, "shared", plasticity, FREE_AND_NUDGED)
    own = wire(circuit, 3)[name].own
    np.testing.assert_array_equal(outcome.weights[name], follow(outcome.weights[to], table, own))
    mirror = Mirror(circuit, seed=3, dtype="float64")
    mirror.set_weights(outcome.weights)
    followed = mirror.transmitted_weights()[name].detach().numpy()
    np.testing.assert_allclose(followed, outcome.weights[name], rtol=0, atol=1e-12)
