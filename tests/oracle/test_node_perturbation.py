"""Node perturbation changes weights as its equation says, and on average down the gradient, computed here in NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.building import BuiltCircuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.spike_probe import probing
from brainlearn.circuit.shipped import shipped_circuits
from brainlearn.rules import RULES
from tests.oracle.on_both_engines import MIRROR

SPREAD = 0.02
BUILDS = {"brian": BuiltCircuit, "mirror": MIRROR}
UP = ("retina/image->V1/E", "V1/E->IT/class")
PHASES = (
    Phase("free", 3, learn=False, remember=True),
    Phase("draw", 1, reset=False, learn=False, nudge=1.0),
    Phase("perturbed", 3, reset=False),
)
TEXT = f"""
name = "perturbed"
dt = "1 ms"

[neurons.perturbed]
kind = "graded"
equations = '''
dactivity/dt = (clip(drive + perturbation, lowest, inf) - activity)/tau : 1
dperturbation/dt = nudging*spread*xi/sqrt(tau) : 1
drive : 1
target : 1
nudging : 1
'''
method = "euler"
output = "activity"
input = "target"
parameters = {{ tau = "1 ms", spread = {SPREAD}, lowest = 0 }}

[neurons.output]
model = "perturbed"
parameters = {{ lowest = -100 }}

[[areas]]
name = "retina"
level = 0
populations = [{{ name = "image", size = 3, neuron = "graded_stimulus" }}]

[[areas]]
name = "V1"
level = 1
populations = [{{ name = "E", size = 4, neuron = "perturbed" }}]

[[areas]]
name = "IT"
level = 2
populations = [{{ name = "class", size = 2, neuron = "output" }}]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = {{ distribution = "uniform", low = 0.0, high = 1.0 }}

[[projections]]
source = "V1/E"
target = "IT/class"
pathway = "bottom_up"
synapse = "graded"
weights = {{ distribution = "normal", sd = 1.0 }}
"""


class Perturbed:
    """A circuit that learned in one presentation: what it was shown, what its units did, and how weights changed."""

    def __init__(self, folder: Path, copies: int, engine: str = "brian", same: bool = False) -> None:
        path = folder / "circuit.toml"
        path.write_text(TEXT, encoding="utf-8")
        rule = Plasticity(RULES["node_perturbation"], UP, updates=(("step", {"size": 1.0}),), broadcaster="IT/class")
        simulation = Simulation(
            load_circuit(path), copies, PHASES, rule, seed=3, precision="float64", build=BUILDS[engine]
        )
        rng, rows = np.random.default_rng(1), 1 if same else copies
        self.image = np.repeat(rng.random((rows, 3)), copies // rows, axis=0)
        self.target = np.repeat(rng.random((rows, 2)), copies // rows, axis=0)
        self.weights = [np.array(simulation.weights(name)) for name in UP]
        shown = Round({"retina/image": self.image, "IT/class": self.target}, np.ones(copies))
        simulation.present(iter([shown]), 1)
        self.noise = [np.array(simulation.state(path, "perturbation")) for path in ("V1/E", "IT/class")]
        self.changes = [
            np.array(simulation.weights(name)) - weights for name, weights in zip(UP, self.weights, strict=True)
        ]

    def forward(self, noise: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return the activities of V1 and of the output, (copy, unit)."""
        hidden = np.maximum(self.image @ self.weights[0] + noise[0], 0)
        return hidden, hidden @ self.weights[1] + noise[1]


@pytest.mark.parametrize("engine", ["brian", "mirror"])
def test_a_change_is_activity_times_perturbation_times_less_error(tmp_path: Path, engine: str) -> None:
    found = Perturbed(tmp_path, 5, engine)
    before, output_before = found.forward([np.zeros((5, 4)), np.zeros((5, 2))])
    _, output = found.forward(found.noise)
    better = ((found.target - output_before) ** 2 - (found.target - output) ** 2).mean(axis=1)
    wanted = [
        np.einsum("ci,cj,c->ij", pre, noise, better) / 5
        for pre, noise in zip((found.image, before), found.noise, strict=True)
    ]
    for change, expected in zip(found.changes, wanted, strict=True):
        assert np.abs(expected).max() > 1e-6
        np.testing.assert_allclose(change, expected, rtol=0, atol=1e-14)


def test_the_mean_change_descends_the_gradient(tmp_path: Path) -> None:
    """Over 40,000 copies that see the same it is -spread^2 times the gradient of the mean squared error."""
    found = Perturbed(tmp_path, 40_000, same=True)
    hidden, output = (each[:1] for each in found.forward([np.zeros((1, 4)), np.zeros((1, 2))]))
    error = 2 * (output - found.target[:1]) / 2
    back = (error @ found.weights[1].T) * (hidden > 0)
    for change, gradient in zip(found.changes, (found.image[:1].T @ back, hidden.T @ error), strict=True):
        wanted = -(SPREAD**2) * gradient
        assert np.linalg.norm(change - wanted) < 0.03 * np.linalg.norm(wanted)


def test_unperturbed_units_spike_as_those_that_learn_by_temporal_differences() -> None:
    """Euler's method with the time constants of the file does the steps of the exact solution."""
    counts = {}
    for name in ("temporal_difference", "node_perturbation"):
        circuit = load_circuit(shipped_circuits()[name], {"V1/E": 100})
        simulation = Simulation(circuit, 20, [Phase("free", 40)], seed=3, precision="float64")
        images = np.random.default_rng(1).normal(0, 3, (20, 64))
        with probing(simulation, 20) as probe:
            simulation.present(iter([Round({"retina/image": images}, np.zeros(20), learn=False)]), 1)
        counts[name] = [set(zip(*probe.spikes(each), strict=True)) for each in ("V1/E", "IT/class")]
    assert [len(each) > 20 for each in counts["temporal_difference"]] == [True, True]
    assert counts["node_perturbation"] == counts["temporal_difference"]
