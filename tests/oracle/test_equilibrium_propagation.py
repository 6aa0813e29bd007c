"""Equilibrium propagation in Brian2 against the gradient through the settled state, by autograd in the mirror."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror
from brainlearn.rules import RULES

CIRCUIT = Path(__file__).parents[2] / "circuits" / "equilibrium_propagation.toml"
OUTPUT = "IT/class"
RULE = "equilibrium_propagation"
NUDGES = (0.2, 0.05, 0.01)  # from strong to weak
COPIES, SETTLE, SEED = 6, 250, 5

DEEP = """
name = "deep"
dt = "1 ms"

[neurons.slow]
model = "graded"
parameters = { tau = "2 ms" }

[neurons.linear]
model = "graded_taught"
parameters = { lowest = -1000 }

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 12, neuron = "graded_stimulus" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 20, neuron = "slow" }]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 15, neuron = "slow" }]

[[areas]]
name = "IT"
level = 3
populations = [{ name = "class", size = 5, neuron = "linear" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 1.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.5, per_input = true }

[[projections]]
source = "V2/E"
target = "V1/E"
pathway = "top_down"
synapse = "graded"
weights = { distribution = "tied", to = "V1/E->V2/E", scale = 1.0 }

[[projections]]
source = "V2/E"
target = "IT/class"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.5, per_input = true }

[[projections]]
source = "IT/class"
target = "V2/E"
pathway = "top_down"
synapse = "graded"
weights = { distribution = "tied", to = "V2/E->IT/class", scale = 1.0 }
"""


@pytest.fixture(scope="module")
def circuit(tmp_path_factory) -> Circuit:
    path = tmp_path_factory.mktemp("circuit") / "deep.toml"
    path.write_text(DEEP)
    return load_circuit(path)


def bottom_up(circuit: Circuit) -> tuple[str, ...]:
    return tuple(p.name for p in circuit.projections if p.pathway == "bottom_up")


def stimuli(circuit: Circuit) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(SEED)
    classes = circuit.population(OUTPUT).size
    return {
        "retina/image": rng.random((COPIES, circuit.population("retina/image").size)),
        OUTPUT: np.eye(classes)[rng.integers(0, classes, COPIES)],
    }


def proposals(circuit: Circuit, rule: str, *nudges: float) -> dict[str, np.ndarray]:
    """Return what the rule changes in Brian2, (pre, post), with a settled phase for every nudge; the last one learns.

    The phase before the last is remembered.
    """
    phases = [
        Phase(f"nudge_{k}", SETTLE, k == 0, k == len(nudges) - 1, nudge, k == len(nudges) - 2)
        for k, nudge in enumerate(nudges)
    ]
    plasticity = Plasticity(RULES[rule], bottom_up(circuit))
    simulation = Simulation(circuit, COPIES, phases, plasticity, seed=SEED, precision="float64")
    simulation.present(iter([Round(stimuli(circuit), np.ones(COPIES))]), 1)
    return {name: simulation.weights(name) - simulation.wiring[name].weights for name in bottom_up(circuit)}


def gradients(circuit: Circuit) -> dict[str, np.ndarray]:
    """Return the gradient of half the squared error of the settled outputs, the mean over copies, (pre, post)."""
    mirror = Mirror(circuit, SEED, "float64")
    shown = stimuli(circuit)
    state = mirror.present(shown, SETTLE)
    error = mirror.activity(state, OUTPUT) - torch.as_tensor(shown[OUTPUT])
    names = bottom_up(circuit)
    found = torch.autograd.grad(error.square().sum() / 2 / COPIES, [mirror.weights[name] for name in names])
    return {name: gradient.numpy() for name, gradient in zip(names, found, strict=True)}


def degrees(changes: dict[str, np.ndarray], gradient: dict[str, np.ndarray]) -> float:
    """Return the angle between all changes together and the negative gradient."""
    a = np.concatenate([changes[name].ravel() for name in gradient])
    b = -np.concatenate([gradient[name].ravel() for name in gradient])
    return float(np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))))


@pytest.fixture(scope="module")
def angles(circuit) -> dict[tuple[str, float], float]:
    """Return the angle [degrees] by kind of nudging and nudge."""
    gradient = gradients(circuit)
    one_sided = {("one-sided", b): degrees(proposals(circuit, RULE, 0.0, b), gradient) for b in NUDGES}
    symmetric = {("symmetric", b): degrees(proposals(circuit, RULE, 0.0, b, -b), gradient) for b in NUDGES}
    return one_sided | symmetric


@pytest.mark.parametrize("kind", ["one-sided", "symmetric"])
def test_the_angle_to_the_gradient_falls_with_the_nudge(angles, kind):
    falling = [angles[kind, nudge] for nudge in NUDGES]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > 5 > 0.5 > falling[-1]


@pytest.mark.parametrize("nudge", NUDGES)
def test_nudging_both_ways_is_nearer_to_the_gradient_than_one_way(angles, nudge):
    assert angles["symmetric", nudge] < 0.8 * angles["one-sided", nudge]


def test_a_nudge_that_turns_outputs_on_takes_the_changes_off_the_gradient_but_not_uphill(circuit, tmp_path):
    """A silent output has no gradient; the nudge wakes that of the right class, and it learns all the same."""
    path = tmp_path / "rectified.toml"
    path.write_text(DEEP.replace("lowest = -1000", "lowest = 0"))
    angle = degrees(proposals(load_circuit(path), RULE, 0.0, 0.2), gradients(load_circuit(path)))
    assert 2 * degrees(proposals(circuit, RULE, 0.0, 0.2), gradients(circuit)) < angle < 80


def test_a_weak_nudge_gives_the_gradient_itself(circuit):
    changes, gradient = proposals(circuit, RULE, 0.0, 1e-3, -1e-3), gradients(circuit)
    for name, values in gradient.items():
        np.testing.assert_allclose(changes[name], -values, rtol=0, atol=1e-5 * abs(values).max(), err_msg=name)


def test_contrastive_hebbian_learning_is_equilibrium_propagation_times_the_nudge(circuit):
    changes, scaled = proposals(circuit, "contrastive_hebbian", 0.0, 0.2), proposals(circuit, RULE, 0.0, 0.2)
    for name, values in scaled.items():
        np.testing.assert_allclose(changes[name], 0.2 * values, rtol=0, atol=1e-12, err_msg=name)


def test_the_shipped_circuit_proposes_the_gradient_up_to_a_factor_for_each_projection():
    """Top-down weights of a smaller scale leave the direction as it is, projection by projection."""
    circuit = load_circuit(CIRCUIT)
    changes, gradient = proposals(circuit, RULE, 0.0, 1e-3, -1e-3), gradients(circuit)
    for name, values in gradient.items():
        assert degrees({name: changes[name]}, {name: values}) < 0.1, name
