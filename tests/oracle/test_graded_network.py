"""A circuit of graded units is a ReLU network that is updated at once, with RMS normalisation between areas."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from tests.oracle.both_deliveries import SHIPPED, shrunk

COPIES = 5
FIRST, SECOND, THIRD = "V1/E", "V2/E", "V3/E"


@pytest.fixture(scope="module")
def circuit():
    return shrunk(next(path for path in SHIPPED if path.stem == "graded_three_areas"))


def passed_on(activity: np.ndarray, rms: float = 1.0) -> np.ndarray:
    length = np.sqrt((activity**2).mean(axis=1, keepdims=True))
    return activity * np.divide(rms, length, out=np.zeros_like(length), where=length > 0)


def relu_network(weights, image: np.ndarray, label: np.ndarray, steps: int) -> dict[str, np.ndarray]:
    """Return the activity after `steps` synchronous updates; every area sees the one below a step before."""
    first = second = third = np.zeros((len(image), 1))
    for _ in range(steps):
        drive = image @ weights[f"retina/image->{FIRST}"] + label @ weights[f"retina/label->{FIRST}"]
        below = [drive] + [
            passed_on(np.broadcast_to(a, (len(image), len(weights[name])))) @ weights[name]
            for a, name in ((first, f"{FIRST}->{SECOND}"), (second, f"{SECOND}->{THIRD}"))
        ]
        first, second, third = (np.maximum(drive, 0) for drive in below)
    return {FIRST: first, SECOND: second, THIRD: third}


@pytest.mark.parametrize("steps", [1, 2, 3, 6])
def test_graded_units_are_a_relu_network(circuit, steps):
    rng = np.random.default_rng(4)
    simulation = Simulation(circuit, COPIES, [Phase("show", steps)], seed=2, precision="float64")
    sizes = {path: circuit.population(path).size for path in ("retina/image", "retina/label")}
    for _ in range(2):  # the second presentation begins from rest, whatever the first left behind
        stimuli = {path: rng.random((COPIES, size)) for path, size in sizes.items()}
        simulation.present(iter([Round(stimuli, np.zeros(COPIES))]), 1)
    weights = {name: wiring.weights for name, wiring in simulation.wiring.items()}
    expected = relu_network(weights, stimuli["retina/image"], stimuli["retina/label"], steps)
    for level, (path, activity) in enumerate(expected.items()):
        assert (activity.max() > 0.1) == (steps > level)
        np.testing.assert_allclose(simulation.activity(path), activity, rtol=0, atol=1e-12, err_msg=path)
