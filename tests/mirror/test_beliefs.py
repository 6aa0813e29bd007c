"""Errors that travel back by weights that are believed to be there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.circuit.graded_twin import graded_twin
from brainlearn.mirror import Mirror

CIRCUIT = load_circuit(Path(__file__).parents[2] / "circuits" / "two_areas.toml")
UP, FIRST = "V1/E->V2/E", "retina/image->V1/E"


def gradients(mirror: Mirror) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    stimuli = {"retina/image": rng.uniform(0, 1, (8, 64)), "retina/label": rng.uniform(0, 1, (8, 10))}
    activity = mirror.activity(mirror.present(stimuli, steps=6), "V2/E")
    (activity * torch.as_tensor(rng.normal(size=activity.shape))).sum().backward()
    found = {name: w.grad for name, w in mirror.weights.items()}
    return activity.detach().numpy(), {name: np.zeros(0) if g is None else g.numpy() for name, g in found.items()}


@pytest.mark.parametrize("circuit", [CIRCUIT, graded_twin(CIRCUIT)], ids=["spiking", "graded"])
def test_a_belief_changes_what_comes_back_and_not_what_goes_forward(circuit):
    true, believing, right = (Mirror(circuit, seed=1, dtype="float64") for _ in range(3))
    believing.believe({UP: Mirror(circuit, seed=2).weights[UP].detach().numpy()})
    right.believe({UP: right.weights[UP].detach().numpy()})
    activity, found = gradients(true)
    same_activity, other = gradients(believing)
    np.testing.assert_allclose(same_activity, activity, atol=1e-12)
    np.testing.assert_allclose(other[UP], found[UP], atol=1e-10)
    cosine = np.sum(other[FIRST] * found[FIRST]) / np.linalg.norm(other[FIRST]) / np.linalg.norm(found[FIRST])
    assert abs(cosine) < 0.3
    np.testing.assert_allclose(gradients(right)[1][FIRST], found[FIRST], atol=1e-10)  # a right belief is the truth


def test_fixed_weights_get_no_gradient():
    mirror = Mirror(CIRCUIT, seed=1)
    mirror.fix([UP])
    _, found = gradients(mirror)
    assert found[UP].size == 0
    assert np.abs(found[FIRST]).max() > 0
