"""Listed synapses in the mirror: the same sums and gradients as a matrix of the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, Rows, Wiring, wire
from brainlearn.circuit.rows import sort_by_delay
from brainlearn.mirror import Mirror
from brainlearn.mirror.listed_sum import ListedPairs
from brainlearn.verification.verify import verify

CIRCUIT = """
name = "listed"
dt = "1 ms"
[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 5, neuron = "constant_current" }]
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 40, neuron = "lif" },
  { name = "F", size = 30, neuron = "lif" },
]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "fixed_out_degree", out_degree = 30, multapses = false }
weights = { distribution = "normal", mean = 0.3, sd = 0.1 }
[[projections]]
source = "V1/E"
target = "V1/F"
pathway = "lateral"
synapse = "current"
delay = "2 ms"
connectivity = { kind = "fixed_total_number", number = 400, multapses = true }
weights = { distribution = "normal", mean = 0.1, sd = 0.1 }
[[projections]]
source = "V1/F"
target = "V1/E"
pathway = "lateral"
synapse = "current"
delay = "1 ms"
connectivity = { kind = "fixed_in_degree", in_degree = 8, multapses = true }
weights = { distribution = "normal", mean = 0.0, sd = 0.3 }
"""
INPUT, ONTO_F, BACK = "retina/image->V1/E", "V1/E->V1/F", "V1/F->V1/E"


@pytest.fixture
def circuit(tmp_path: Path) -> Circuit:
    (tmp_path / "listed.toml").write_text(CIRCUIT, encoding="utf-8")
    return load_circuit(tmp_path / "listed.toml")


def outcome(circuit: Circuit, wiring: dict[str, Rows | Wiring]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return what F did, (copy, unit), and the gradients of all weights."""
    mirror = Mirror(circuit, dtype="float64", wiring=wiring)
    stimuli = torch.as_tensor(np.random.default_rng(2).random((3, 5)))
    state = mirror.present({"retina/image": stimuli}, steps=40)
    weighing = torch.as_tensor(np.random.default_rng(3).random((3, 30)))
    (mirror.activity(state, "V1/F") * weighing).sum().backward()
    gradients = {name: weights.grad.numpy() for name, weights in mirror.weights.items()}
    return mirror.activity(state, "V1/F").detach().numpy(), gradients


def test_listed_synapses_have_the_gradients_of_a_matrix(circuit: Circuit) -> None:
    listed = wire(circuit, 1)
    matrices = {}
    for name, rows in listed.items():
        assert isinstance(rows, Rows)
        matrices[name] = Wiring(rows.matrix(), rows.matrix(np.ones(len(rows.posts))) > 0)
    found, of_synapses = outcome(circuit, listed)
    expected, of_pairs = outcome(circuit, matrices)
    assert np.array_equal(found, expected)
    assert found.sum() > 1
    for name, rows in listed.items():
        assert np.abs(of_pairs[name]).max() > 1e-4
        assert of_synapses[name] == pytest.approx(of_pairs[name][rows.pres, rows.posts], rel=1e-9, abs=1e-12)


def test_stock_brian_copies_and_mirror_agree(circuit: Circuit) -> None:
    found = verify(circuit, steps=200, copies=2)
    assert found.spikes["V1/F"] > 100
    assert all(each.holds(1e-10) for each in found.machines.values())


def test_a_delay_of_each_synapse_is_that_of_a_projection_for_each(circuit: Circuit) -> None:
    """Synapses with delays of 1, 2 and 4 steps spike like three projections, one with each delay."""
    wiring = wire(circuit, 1)
    rows = wiring[ONTO_F]
    assert isinstance(rows, Rows)
    delays = np.array([1, 2, 4], dtype=np.uint8)[np.arange(len(rows.posts)) % 3]
    posts = rows.posts.copy()
    sort_by_delay(rows.starts, posts, delays)
    spread = Rows(rows.starts, posts, rows.weights, rows.targets, delays)
    text = CIRCUIT
    table = text[text.index('[[projections]]\nsource = "V1/E"') : text.index('[[projections]]\nsource = "V1/F"')]
    apart = [table.replace('"2 ms"', f'"{d} ms"').replace("source", f'name = "by{d}"\nsource', 1) for d in (1, 2, 4)]
    (Path(circuit.path)).write_text(text.replace(table, "\n".join(apart)), encoding="utf-8")
    three = load_circuit(circuit.path)
    parts: dict[str, Rows | Wiring] = {INPUT: wiring[INPUT], BACK: wiring[BACK]}
    for d in (1, 2, 4):
        here = np.where(delays == d, spread.weights, 0)
        parts[f"by{d}"] = Wiring(spread.matrix(here), spread.matrix(delays == d) > 0)
    found, _ = outcome(circuit, {**wiring, ONTO_F: spread})
    expected, _ = outcome(three, parts)
    assert np.array_equal(found, expected)
    assert found.sum() > 1


PRES, POSTS = np.array([3, 0, 0, 3, 1, 3]), np.array([1, 2, 2, 0, 1, 1])  # two pairs have two synapses; unit 2 has none


@pytest.mark.parametrize("order", [np.arange(6), np.argsort(PRES, kind="stable")])
def test_few_spikes_add_up_as_in_a_matrix_of_the_same_weights(order: np.ndarray):
    pairs = ListedPairs(PRES[order], POSTS[order], (4, 3), torch.device("cpu"))
    weights = np.array([1.0, 20.0, 300.0, 4.0, 5000.0, 60.0])
    matrix = np.zeros((4, 3))
    np.add.at(matrix, (PRES, POSTS), weights)
    sent = torch.zeros(30, 4, dtype=torch.float64)
    sent[2, 3], sent[2, 2], sent[7, 0] = 1.0, 1.0, 0.5
    found = pairs.sum_of_few(sent, torch.from_numpy(weights[order]))
    np.testing.assert_array_equal(found, sent.numpy() @ matrix)
    np.testing.assert_array_equal(pairs.sum_of_few(torch.zeros(2, 4), torch.ones(6)), np.zeros((2, 3)))


def test_many_spikes_are_left_to_the_matrix():
    pairs = ListedPairs(PRES, POSTS, (4, 3), torch.device("cpu"))
    sent = torch.zeros(10, 4)
    sent[:3, 0] = 1.0  # 6 of 60 synapses
    assert pairs.sum_of_few(sent, torch.ones(6)) is not None
    sent[3, 1] = 1.0
    assert pairs.sum_of_few(sent, torch.ones(6)) is None


def test_few_spikes_of_a_state_with_a_history_add_up_too():
    pairs = ListedPairs(PRES, POSTS, (4, 3), torch.device("cpu"))
    weights = torch.nn.Parameter(torch.ones(6))
    sent = torch.eye(4)[[1, 2, 2, 2]].requires_grad_()
    with torch.no_grad():
        found = pairs.sum_of_few(sent, weights)
    np.testing.assert_array_equal(found, np.eye(3)[[1, 0, 0, 0]] * [[1], [0], [0], [0]])


def test_few_spikes_use_the_weights_of_the_synapses_that_are_chosen():
    chosen = torch.tensor([4, 1, 5])  # of six weights, those of three synapses: 0 -> 1, 1 -> 2 and 1 -> 0
    pairs = ListedPairs(np.array([0, 1, 1]), np.array([1, 2, 0]), (2, 3), torch.device("cpu"))
    weights = torch.tensor([1.0, 20.0, 300.0, 4000.0, 50000.0, 600000.0])
    sent = torch.zeros(40, 2)
    sent[3] = 1.0
    found = pairs.sum_of_few(sent, weights, chosen)
    np.testing.assert_array_equal(found[3], [600000.0, 50000.0, 20.0])
    assert found.sum() == 650020.0
