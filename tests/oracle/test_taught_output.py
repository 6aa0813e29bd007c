"""The trace of a taught output is its own spiking, without a factor: it settles where the target is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.mirror import Mirror, MirrorState

CIRCUIT = Path(__file__).parents[2] / "circuits" / "temporal_difference.toml"
OUT = "IT/class"
STEPS = 400


@pytest.fixture(scope="module")
def mirror() -> Mirror:
    mirror = Mirror(load_circuit(CIRCUIT), 1, "float64")
    for weights in mirror.weights.values():
        weights.data.zero_()
    return mirror


def present(mirror: Mirror, current: torch.Tensor, nudge: float, target: float) -> tuple[np.ndarray, np.ndarray]:
    """Return spikes per step and the mean trace after settling, (unit,), of outputs driven by a constant current."""
    state = mirror.initial_state(1)
    state.populations[OUT]["current"] = current[None]
    settled = mirror.present({OUT: np.full((1, 10), target)}, 100, state, reset=False, nudge=nudge)
    recent: list[torch.Tensor] = []

    def record(state: MirrorState) -> None:
        recent.append(state.populations[OUT]["recent"])

    end = mirror.present({}, STEPS, settled, reset=False, nudge=nudge, record=record)
    return mirror.activity(end, OUT)[0].detach().numpy(), torch.cat(recent).mean(dim=0).detach().numpy()


def test_the_mean_trace_is_the_spikes_per_step(mirror: Mirror):
    rate, recent = present(mirror, torch.linspace(0.22, 1.2, 10, dtype=torch.float64), nudge=0.0, target=0.0)
    assert rate.min() > 0.05
    assert rate[-1] == 1.0
    np.testing.assert_allclose(recent, rate, atol=0.01)


@pytest.mark.parametrize("target", [0.3, 0.6])
def test_a_strong_nudge_brings_the_spikes_per_step_to_the_target(mirror: Mirror, target: float):
    rate, _ = present(mirror, torch.full((10,), 0.2, dtype=torch.float64), nudge=20.0, target=target)
    np.testing.assert_allclose(rate, target, atol=0.03)
