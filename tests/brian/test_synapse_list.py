"""Learning at the synapses of a sparse projection alone is the same learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.learning import synapse_list as module
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.share import ALONE, Alone
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES

CIRCUIT = """
name = "local"
dt = "1 ms"
[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", sheet = [9, 9], neuron = "graded_stimulus" }]
[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", sheet = [5, 4], channels = 2, neuron = "graded" }]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
connectivity = { kind = "square", side = 3 }
weights = { distribution = "normal", per_input = true }
"""
NAME = "retina/image->V1/E"
UPDATES = (("adam", {"size": 0.01}), ("decay", {"rate": 1e-3}), ("clip", {"low": -0.4, "high": 0.4}))


class Twin(Alone):
    """Two processes of which the other does as this one does."""


def learned(path: Path, share: Alone = ALONE) -> tuple[np.ndarray, bool]:
    plasticity = Plasticity(RULES["forward_forward"], (NAME,), updates=UPDATES)
    with Simulation(load_circuit(path), 8, [Phase("show", 2)], plasticity, seed=1, share=share) as simulation:
        rng = np.random.default_rng(0)
        polarity = np.array([1, 1, 1, -1, -1, -1, 0, 0], dtype=np.float32)
        rounds = [Round({"retina/image": rng.uniform(0, 2, (8, 81))}, polarity) for _ in range(5)]
        simulation.present(iter(rounds), count=5)
        return simulation.weights(NAME).copy(), simulation.learning[NAME]._list is not None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "local.toml").write_text(CIRCUIT, encoding="utf-8")
    return tmp_path / "local.toml"


def test_a_list_of_synapses_learns_what_the_whole_matrix_learns(path: Path, monkeypatch: pytest.MonkeyPatch):
    found, listed = learned(path)
    monkeypatch.setattr(module, "SPARSE_BELOW", 0.0)
    expected, by_matrix = learned(path)
    assert (listed, by_matrix) == (True, False)
    before = Simulation(load_circuit(path), 8, [Phase("show", 2)], seed=1).weights(NAME)
    assert np.abs(expected - before)[before != 0].min() > 1e-4
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert ((found != 0) == (expected != 0)).all()
    assert np.abs(found).max() == np.float32(0.4)


def test_a_list_of_synapses_learns_from_the_copies_of_all_processes(path: Path, monkeypatch: pytest.MonkeyPatch):
    totals = []
    monkeypatch.setattr(Twin, "total", lambda _, values: totals.append(np.shape(values)) or 2 * values)
    found, listed = learned(path, Twin())
    assert listed
    assert (1, (found != 0).sum()) in totals
    np.testing.assert_allclose(found, learned(path)[0], atol=1e-6)


def test_products_at_the_synapses_are_those_of_the_whole_matrix():
    rng = np.random.default_rng(1)
    mask = rng.random((30, 20)) < 0.2
    a, b = rng.normal(size=(7, 30)).astype(np.float32), rng.normal(size=(7, 20)).astype(np.float32)
    synapses = module.list_of_mask(mask)
    np.testing.assert_allclose(synapses.products(a, b), synapses.take(a.T @ b), rtol=1e-5, atol=1e-6)
    assert synapses.products(a[:0], b[:0]).tolist() == np.zeros((1, mask.sum())).tolist()
