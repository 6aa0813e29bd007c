"""Losses of what outputs do, and their gradients: closed forms, and both uses of tied weights."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.circuit.graded_twin import graded_twin
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Backprop, Stretch
from brainlearn.mirror.gradients import TargetGradients
from brainlearn.mirror.losses import TARGET_LOSSES
from brainlearn.mirror.output_activity import OutputActivity

CIRCUIT = Path(__file__).parents[2] / "circuits" / "temporal_difference.toml"
UP, OUT = "retina/image->V1/E", "V1/E->IT/class"
COPIES, STRENGTH = 6, 0.8


@pytest.fixture(scope="module")
def spiking() -> Mirror:
    return Mirror(load_circuit(CIRCUIT), 1, "float64", surrogate="arctan")


@pytest.fixture(scope="module")
def twin() -> Mirror:
    return Mirror(graded_twin(load_circuit(CIRCUIT), ["IT/class"]), 1, "float64")


@pytest.fixture(scope="module")
def images() -> dict[str, np.ndarray]:
    return {"retina/image": np.random.default_rng(2).random((COPIES, 64))}


LABELS = np.array([3, 1, 4, 1, 5, 9])
TARGETS = STRENGTH * np.eye(10)[LABELS]


def weights_of(mirror: Mirror) -> dict[str, np.ndarray]:
    return {name: weights.detach().numpy().copy() for name, weights in mirror.weights.items()}


def gradients(mirror: Mirror, images, steps: int, loss: str = "squared") -> dict[str, np.ndarray]:
    of = TargetGradients(mirror, [Stretch(steps)], "IT/class", STRENGTH)
    return of(weights_of(mirror), images, LABELS, [loss])[loss]


# ---- losses --------------------------------------------------------------------------------------------------------


def test_squared_is_half_the_squared_distance():
    activity, targets = torch.tensor([[0.5, 0.5], [1.0, 0.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert float(TARGET_LOSSES["squared"].of(activity, targets, 10)) == pytest.approx((0.25 + 0.25) / 2 / 2)


def test_cross_entropy_is_that_of_spike_counts():
    activity, targets = torch.tensor([[0.3, 0.1]]), torch.tensor([[1.0, 0.0]])
    found = float(TARGET_LOSSES["cross_entropy"].of(activity, targets, 10))
    assert found == pytest.approx(math.log(1 + math.exp(-2)))


# ---- gradients -----------------------------------------------------------------------------------------------------


def test_gradients_of_the_twin_are_those_of_backpropagation_by_hand(twin: Mirror, images):
    """In as many steps as there are levels nothing comes back from the outputs: a net with one hidden area."""
    weights, x = weights_of(twin), images["retina/image"]
    drive = x @ weights[UP]
    hidden = np.maximum(drive, 0)
    error = hidden @ weights[OUT] - TARGETS
    found = gradients(twin, images, steps=2)
    np.testing.assert_allclose(found[OUT], hidden.T @ error / COPIES, atol=1e-12)
    np.testing.assert_allclose(found[UP], x.T @ (error @ weights[OUT].T * (drive > 0)) / COPIES, atol=1e-12)


def test_gradients_reach_tied_weights_through_both_uses(twin: Mirror, images):
    weights = {name: torch.tensor(values, requires_grad=True) for name, values in weights_of(twin).items()}
    up = torch.tensor(images["retina/image"]) @ weights[UP]
    scale = twin.circuit.tied_to(OUT)[0].weights.scale
    first = up.relu() @ weights[OUT]
    after = (up + scale * first @ weights[OUT].T).relu() @ weights[OUT]
    ((torch.tensor(TARGETS) - after).square().sum(dim=1).mean() / 2).backward()
    found = gradients(twin, images, steps=4)
    for name in (UP, OUT):
        np.testing.assert_allclose(found[name], weights[name].grad.numpy(), atol=1e-12)
    assert not np.allclose(found[OUT], gradients(twin, images, steps=2)[OUT], atol=1e-3)


@pytest.mark.parametrize("loss", list(TARGET_LOSSES))
def test_a_spiking_mirror_has_gradients_everywhere(spiking: Mirror, images, loss: str):
    found = gradients(spiking, images, 20, loss)
    for name in (UP, OUT):
        assert np.isfinite(found[name]).all()
        assert np.abs(found[name]).max() > 1e-6


def test_several_losses_are_differentiated_at_once(spiking: Mirror, images):
    of = TargetGradients(spiking, [Stretch(20)], "IT/class", STRENGTH)
    both = of(weights_of(spiking), images, LABELS, ["squared", "cross_entropy"])
    for loss, found in both.items():
        np.testing.assert_allclose(found[OUT], gradients(spiking, images, 20, loss)[OUT], atol=1e-12)


# ---- the answer ----------------------------------------------------------------------------------------------------


def test_left_over_charge_breaks_ties_of_spiking_outputs(spiking: Mirror, images):
    readout = OutputActivity(spiking, "IT/class")
    state = spiking.present(images, 15)
    expected = state.counts["IT/class"] / 15 + state.populations["IT/class"]["v"] / 15
    torch.testing.assert_close(readout.scores(state), expected)


def test_scores_of_graded_outputs_are_their_activity(twin: Mirror, images):
    state = twin.present(images, 2)
    torch.testing.assert_close(OutputActivity(twin, "IT/class").scores(state), twin.activity(state, "IT/class"))


def test_steps_down_the_gradient_bring_outputs_to_their_targets(images):
    mirror = Mirror(graded_twin(load_circuit(CIRCUIT), ["IT/class"]), 1, "float64")
    backprop = Backprop(mirror, OutputActivity(mirror, "IT/class", STRENGTH), [Stretch(2)], step=0.01)
    losses = [backprop.learn(images, LABELS) for _ in range(60)]
    assert losses[0] > 0.3
    assert losses[-1] < 0.02
    assert (backprop.scores(images).argmax(axis=1) == LABELS).all()
