"""Projections in which chance falls with distance, against the formula and the distances of SciPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from brainlearn import load_circuit
from brainlearn.brian.loading import read_all
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.sheets import chances

FILE = """
name = "distance"
dt = "1 ms"

[[areas]]
name = "V1"
level = 1
populations = [
  { name = "A", sheet = [12, 16], neuron = "lif_delta" },
  { name = "B", sheet = [6, 8], neuron = "lif_delta", channels = 2 },
  { name = "C", sheet = [60, 60], neuron = "lif_delta" },
  { name = "D", size = 20, neuron = "lif_delta" },
]

[[projections]]
source = "V1/SOURCE"
target = "V1/TARGET"
pathway = "lateral"
synapse = "delta"
weights = { distribution = "constant", value = 1.0 }
connectivity = { CONNECTIVITY }
"""
GAUSSIAN = 'kind = "gaussian", probability = 0.8, sd = 2.5'
EXPONENTIAL = 'kind = "exponential", probability = 0.6, length = 1.5'
PERIODIC = ", periodic = true"


def _text(connectivity: str, source: str = "A", target: str = "B") -> str:
    return FILE.replace("SOURCE", source).replace("TARGET", target).replace("CONNECTIVITY", connectivity)


def _circuit(folder: Path, connectivity: str, source: str = "A", target: str = "B") -> Circuit:
    path = folder / "distance.toml"
    path.write_text(_text(connectivity, source, target), encoding="utf-8")
    return load_circuit(path)


def _distances(periodic: bool) -> Any:
    """Return distances from the 12 by 16 source units to 6 by 8 places, two source units apart, in source units."""
    sources = np.array([(row, column) for row in range(12) for column in range(16)], dtype=float)
    targets = np.array([(2 * row + 0.5, 2 * column + 0.5) for row in range(6) for column in range(8)])
    turns = [(a, b) for a in (-12, 0, 12) for b in (-16, 0, 16)] if periodic else [(0, 0)]
    return np.min([cdist(sources, targets + turn) for turn in turns], axis=0)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("connectivity", [GAUSSIAN, EXPONENTIAL])
def test_the_chance_is_that_of_the_formula(connectivity: str, periodic: bool, tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, connectivity + (PERIODIC if periodic else ""))
    (projection,), distances = circuit.projections, _distances(periodic)
    found = chances(projection.connectivity, circuit.population("V1/A"), circuit.population("V1/B"))
    expected = 0.8 * np.exp(-(distances**2) / 12.5) if connectivity == GAUSSIAN else 0.6 * np.exp(-distances / 1.5)
    np.testing.assert_allclose(found, np.tile(expected, (1, 2)), rtol=1e-12)  # both units of a place


@pytest.mark.parametrize("connectivity", [GAUSSIAN, EXPONENTIAL, GAUSSIAN + PERIODIC])
def test_so_many_pairs_are_connected(connectivity: str, tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, connectivity)
    (projection,) = circuit.projections
    expected = chances(projection.connectivity, circuit.population("V1/A"), circuit.population("V1/B"))
    masks = np.array([wire(circuit, seed)[projection.name].mask for seed in range(200)])
    deviation = (masks.mean(axis=0) - expected) / np.sqrt(expected * (1 - expected) / 200)
    assert np.abs(deviation[expected > 0.05]).mean() == pytest.approx(
        np.sqrt(2 / np.pi), rel=0.1
    )  # of a standard normal
    count = count_synapses(circuit, projection)
    assert not count.exact
    assert masks.sum() / 200 == pytest.approx(count.number, rel=0.01)


def test_a_large_projection_lists_its_synapses(tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, GAUSSIAN.replace("0.8", "0.9") + PERIODIC, "C", "C")
    (projection,) = circuit.projections
    rows = wire(circuit, 1)[projection.name]
    assert isinstance(rows, Rows)
    assert not np.any(rows.pres == rows.posts)  # no unit projects to itself
    assert len(rows.posts) == pytest.approx(count_synapses(circuit, projection).number, rel=0.01)
    rows_apart = np.abs(rows.pres // 60 - rows.posts // 60)
    apart = np.minimum(rows_apart, 60 - rows_apart)
    assert np.sqrt((apart**2).mean()) == pytest.approx(2.5, rel=0.03)  # the sd along each side
    in_degrees = np.bincount(rows.posts, minlength=3600)
    edge = in_degrees.reshape(60, 60)[0].mean()
    assert edge == pytest.approx(in_degrees.mean(), rel=0.05)


def test_the_same_seed_connects_the_same_pairs(tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, EXPONENTIAL)
    first, again, other = (wire(circuit, seed)["V1/A->V1/B"].mask for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_text(GAUSSIAN, "D", "A"), 'projections[0].connectivity: "gaussian" needs sheets; found V1/D without'),
        (
            _text('kind = "gaussian", probability = 0.5, sd = 0'),
            "projections[0].connectivity.sd: out of range",
        ),
        (
            _text('kind = "exponential", probability = 1.5, length = 1'),
            "projections[0].connectivity.probability",
        ),
        (_text('kind = "gaussian", probability = 0.5'), "projections[0].connectivity.sd: the key is missing"),
    ],
)
def test_mistakes_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    (mistake,) = read_all(path).mistakes
    assert str(mistake).startswith(f"{path}: {said}")
