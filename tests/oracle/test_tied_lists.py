"""Tied weights of synapses that are listed: a matrix by hand, both deliveries, learning, the mirror, saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.mirror import Mirror
from brainlearn.rules import RULES
from brainlearn.verification.verify import verify

TEXT = """
name = "tied"
dt = "1 ms"
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 14, neuron = "lif_delta", poisson_input = [{ variable = "v", rate = "900 Hz", weight = 0.5 }] },
]
[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 11, neuron = "lif_delta", sign = "SIGN" }]
[[projections]]
name = "up"
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", mean = 0.6, sd = 0.5 }
delay = "1 ms"
UP
[[projections]]
name = "down"
source = "V2/E"
target = "V1/E"
pathway = "top_down"
synapse = "delta"
weights = { distribution = "tied", to = "up", scale = 0.5, correlation = CORRELATION }
delay = DOWN
"""
LISTED = 'connectivity = { kind = "fixed_in_degree", in_degree = 6, multapses = true }'
MATRIX = 'connectivity = { kind = "probability", probability = 0.5 }'
ONE, EACH = '"2 ms"', '{ distribution = "uniform", low = "1 ms", high = "6 ms" }'
LISTS = [(LISTED, ONE), (LISTED, EACH), (MATRIX, EACH)]


def circuit(folder: Path, up: str, down: str, correlation: float = 1.0, sign: str = "mixed") -> Circuit:
    text = TEXT.replace("UP", up).replace("DOWN", down).replace("CORRELATION", str(correlation)).replace("SIGN", sign)
    (folder / "tied.toml").write_text(text, encoding="utf-8")
    return load_circuit(folder / "tied.toml")


def matrix_of(wiring: object, weights: np.ndarray) -> np.ndarray:
    """Return weights as a matrix in which synapses of one pair are added up."""
    if not isinstance(wiring, Rows):
        return weights
    matrix = np.zeros(wiring.shape)
    for pre, post, weight in zip(wiring.pres, wiring.posts, weights, strict=True):
        matrix[pre, post] += weight
    return matrix


@pytest.mark.parametrize(("up", "down"), LISTS)
def test_tied_lists_are_the_others_the_other_way_round(tmp_path: Path, up: str, down: str) -> None:
    of = circuit(tmp_path, up, down)
    found = wire(of, 3)
    there, back = found["up"], found["down"]
    assert isinstance(back, Rows)
    expected = matrix_of(there, there.weights)
    np.testing.assert_allclose(matrix_of(back, back.weights), 0.5 * expected.T, rtol=1e-12)
    assert len(back.posts) == (len(there.posts) if isinstance(there, Rows) else np.count_nonzero(there.mask))
    assert (back.delays is not None) == (down == EACH)
    if back.delays is not None:
        assert set(np.unique(back.delays)) == {1, 2, 3, 4, 5, 6}
        for unit in range(11):
            row = back.delays[back.starts[unit] : back.starts[unit + 1]].astype(int)
            assert (np.diff(row) >= 0).all()
    assert count_synapses(of, of.projection("down")) == count_synapses(of, of.projection("up"))


def test_tied_lists_have_the_correlation_and_the_sign_that_are_asked_for(tmp_path: Path) -> None:
    found = wire(circuit(tmp_path, LISTED.replace("6", "600"), ONE, 0.6), 1)
    there, back = found["up"], found["down"]
    assert isinstance(back, Rows)
    assert back.order is not None
    assert back.own is not None
    assert np.sqrt(np.mean(back.own**2)) == pytest.approx(1)
    spread = np.sqrt(np.mean(there.weights**2))
    expected = 0.5 * (0.6 * there.weights[back.order] + 0.8 * spread * back.own)
    np.testing.assert_allclose(back.weights, expected, rtol=1e-12)
    signed = wire(circuit(tmp_path, LISTED, ONE, sign="excitatory"), 1)
    there, back = signed["up"], signed["down"]
    assert isinstance(back, Rows)
    np.testing.assert_allclose(back.weights, np.maximum(0.5 * there.weights[back.order], 0), rtol=1e-12)
    assert (there.weights < 0).any()


@pytest.mark.parametrize(("up", "down"), LISTS)
@pytest.mark.parametrize("rule", ["forward_forward", "pair_stdp"])
def test_tied_lists_follow_what_the_others_learn(tmp_path: Path, up: str, down: str, rule: str) -> None:
    of = circuit(tmp_path, up, down)
    found = {}
    for delivery in ("shared", "stock"):
        plasticity = Plasticity(RULES[rule], ("up",), updates=(("step", {"size": 2.0}),))
        simulation = Simulation(of, 3, [Phase("show", 40)], plasticity, delivery, seed=3, precision="float64")
        before = simulation.weights("up").copy()
        simulation.present(iter([Round({}, np.array([1.0, -1.0, 1.0]))] * 3), 3)
        found[delivery] = simulation.weights("up").copy(), simulation.weights("down").copy()
    assert np.abs(found["shared"][0] - before).max() > 1e-3
    for one, other in zip(found["shared"], found["stock"], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)
    wiring = wire(of, 3)
    there, back = (matrix_of(wiring[n], w) for n, w in zip(("up", "down"), found["shared"], strict=True))
    np.testing.assert_allclose(back, 0.5 * there.T, rtol=1e-12)


@pytest.mark.parametrize(
    ("up", "down"), [LISTS[0], *(pytest.param(*each, marks=pytest.mark.slow) for each in LISTS[1:])]
)
def test_stock_brian_copies_and_the_mirror_agree(tmp_path: Path, up: str, down: str) -> None:
    found = verify(circuit(tmp_path, up, down, 0.7), steps=150, copies=2, strength=1.0)
    assert found.spikes["V2/E"] > 100
    assert all(each.holds(1e-10) for each in found.machines.values())


def test_gradients_reach_the_weights_that_are_followed(tmp_path: Path) -> None:
    """Of a sum over tied weights, each of the others is counted as often as it is followed, times the scale."""
    mirror = Mirror(circuit(tmp_path, LISTED, EACH, 1.0), dtype="float64", seed=3)
    back = mirror.transmitted_weights()["down"]
    factors = torch.arange(1.0, len(back) + 1, dtype=torch.float64)
    (back * factors).sum().backward()
    rows = wire(mirror.circuit, 3)["down"]
    assert isinstance(rows, Rows)
    assert rows.order is not None
    expected = np.zeros(len(back))
    expected[rows.order] = 0.5 * np.arange(1, len(back) + 1)
    np.testing.assert_array_equal(mirror.weights["up"].grad.numpy(), expected)


def test_learning_goes_on_where_it_was(tmp_path: Path) -> None:
    of = circuit(tmp_path, LISTED, EACH)

    def started() -> Simulation:
        plasticity = Plasticity(RULES["pair_stdp"], ("up",), updates=(("step", {"size": 2.0}),))
        phases = [Phase("show", 40, reset=False)]
        return Simulation(of, 2, phases, plasticity, seed=3, precision="float64")

    def show(simulation: Simulation) -> np.ndarray:
        simulation.present(iter([Round({}, np.ones(2))]), 1)
        return simulation.weights("down").copy()

    first, second = started(), started()
    show(first)
    restore_simulation(second, {name: np.array(value) for name, value in simulation_state(first).items()})
    assert np.array_equal(show(first), show(second))
