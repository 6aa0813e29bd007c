"""Weights learn the same with shared weights and where Brian2 runs the rule's text synapse by synapse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Plasticity
from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.rules import RULES
from tests.oracle.both_deliveries import SHIPPED, phases_of, present, shrunk

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


GENTLE = {"kinase": 0.02, "kinase_continuous": 5e-4}  # their activity is 1 at 50 Hz: a full step would silence all

WITH_SPIKES = [path for path in SHIPPED if between_spiking(load_circuit(path))]


def learn_both_ways(circuit: Circuit, plasticity: Plasticity) -> None:
    """Compare the two deliveries after 150 steps in which every listed projection must change."""
    phases = phases_of(plasticity.rule, PHASES)
    shared, stock = (present(circuit, delivery, plasticity, phases) for delivery in ("shared", "stock"))
    for name, change in stock.changes.items():
        moved = np.mean(np.abs(change[stock.weights[name] != 0]) > 1e-4)
        tied = name not in drawn(circuit)
        assert moved > 0.2 if name in plasticity.projections or tied else not change.any(), name
        np.testing.assert_allclose(shared.changes[name], change, rtol=0, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_changes_weights_like_stock_brian(rule, chain):
    circuit = load_circuit(PLASTIC)
    if RULES[rule].reads("feedback"):
        circuit = shrunk(next(path for path in SHIPPED if path.stem == "temporal_difference"))
    constraints = (("step", {"size": GENTLE[rule]}),) if rule in GENTLE and chain == "plain step" else CHAINS[chain]
    learn_both_ways(circuit, Plasticity(RULES[rule], drawn(circuit), constraints=constraints))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_circuit_learns_like_stock_brian(path):
    circuit = shrunk(path)
    learn_both_ways(circuit, Plasticity(RULES["forward_forward"], drawn(circuit)))


@pytest.mark.parametrize("path", WITH_SPIKES, ids=lambda path: path.stem)
def test_spike_timing_in_every_shipped_circuit_is_like_stock_brian(path):
    circuit = shrunk(path)
    chain = (("step", {"size": 0.1}),)
    learn_both_ways(circuit, Plasticity(RULES["pair_stdp"], between_spiking(circuit), constraints=chain))


def test_most_shipped_circuits_carry_spikes_between_areas():
    assert {path.stem for path in WITH_SPIKES} >= {"two_areas", "two_areas_top_down", "three_areas_recurrent"}


@pytest.mark.parametrize("rule", ["forward_forward_running", "forward_forward_trace"])
def test_graded_units_change_weights_like_stock_brian(rule):
    circuit = shrunk(next(path for path in SHIPPED if path.stem == "graded_three_areas"))
    learn_both_ways(circuit, Plasticity(RULES[rule], tuple(p.name for p in circuit.projections)))
