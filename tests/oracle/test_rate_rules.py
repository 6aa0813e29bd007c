"""Oja's rule finds the first component, and the sliding threshold of BCM makes a unit choose one input."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES

COPIES, INPUTS = 50, 6
TEXT = """
name = "one_unit"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 6, neuron = "graded_stimulus" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 1, neuron = "graded" }]

[[projections]]
name = "up"
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "uniform", low = 0.1, high = 0.4 }
"""


def learned(folder: Path, name: str, images: np.ndarray, size: float) -> np.ndarray:
    """Return the weights after a unit has seen images, (round, copy, input)."""
    path = folder / "one_unit.toml"
    path.write_text(TEXT, encoding="utf-8")
    plasticity = Plasticity(RULES[name], ("up",), updates=(("step", {"size": size}),))
    simulation = Simulation(load_circuit(path), COPIES, [Phase("show", 2)], plasticity, precision="float64", seed=2)
    rounds = (Round({"retina/image": each}, np.ones(COPIES)) for each in images)
    simulation.present(rounds, len(images))
    return simulation.weights("up")[:, 0]


def test_oja_finds_the_first_component_of_the_input_at_length_1(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    direction = np.array([3.0, 2, 1, 1, 0.5, 0.5])
    strength = random.uniform(0.2, 1.0, (400, COPIES, 1))
    images = strength * direction / np.linalg.norm(direction) + random.uniform(0, 0.2, (400, COPIES, INPUTS))
    seen = images.reshape(-1, INPUTS)
    _, vectors = np.linalg.eigh(seen.T @ seen)
    weights = learned(tmp_path, "oja", images, 0.05)
    assert abs(np.linalg.norm(weights) - 1) < 0.01
    assert abs(weights @ vectors[:, -1]) > 0.999


def test_bcm_chooses_one_of_two_inputs_and_answers_it_at_twice_its_threshold(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    patterns = np.array([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    shown = random.integers(2, size=(3000, COPIES))
    weights = learned(tmp_path, "bcm", patterns[shown], 0.02)
    answers = np.sort(patterns @ weights)
    # the fixed point: silent to one, and y = theta = E[y²] = y²/2 to the other, so y = 2
    np.testing.assert_allclose(answers, [0, 2], atol=0.1)
