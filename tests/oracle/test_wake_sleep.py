"""A Helmholtz machine in Brian2 and in the mirror against the delta rule of both phases, from what its units did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.building import BuiltCircuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.circuit.schema import Normal
from brainlearn.rules import RULES
from tests.oracle.on_both_engines import MIRROR

CIRCUIT = Path(__file__).parents[2] / "circuits" / "helmholtz.toml"
SIZES = {"retina/image": 5, "V1/image": 5, "V2/hidden": 3}
UP, UP_BIAS = "V1/image->V2/hidden", "V1/bias->V2/hidden"
DOWN, VISIBLE_BIAS, HIDDEN_BIAS = "V2/hidden->V1/image", "V3/bias->V1/image", "V3/bias->V2/hidden"
LEARNING = (UP, UP_BIAS, DOWN, VISIBLE_BIAS, HIDDEN_BIAS)
COPIES = 50
PHASES = [
    *(Phase(f"see_{k}", 1, reset=not k, learn=False) for k in range(3)),
    Phase("wake", 1, reset=False),
    *(Phase(f"dream_{k}", 1, reset=False, learn=False, show=False, polarity=-1) for k in range(3)),
    Phase("sleep", 1, reset=False, show=False, polarity=-1),
]


def logistic(drive: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-drive))


@pytest.mark.parametrize("build", [BuiltCircuit, MIRROR], ids=["brian", "mirror"])
def test_each_direction_learns_what_the_other_did(build: type) -> None:
    drawn = dict.fromkeys(LEARNING, Normal(distribution="normal", sd=1.0))
    plasticity = Plasticity(RULES["wake_sleep"], LEARNING, updates=(("step", {"size": 1.0}),))
    circuit = load_circuit(CIRCUIT, SIZES, drawn)
    visible, hidden, weights = [], [], []
    with Simulation(circuit, COPIES, PHASES, plasticity, seed=2, precision="float64", build=build) as simulation:

        def note(_: Phase) -> None:
            visible.append(np.array(simulation.activity("V1/image")))
            hidden.append(np.array(simulation.activity("V2/hidden")))
            weights.append({name: simulation.weights(name).copy() for name in LEARNING})

        data = np.random.default_rng(1).random((COPIES, 5)) < 0.5
        shown = Round({"retina/image": np.where(data, 30.0, -30.0)}, np.ones(COPIES))
        simulation.present(iter([shown]), 1, after_phase=note)
    np.testing.assert_array_equal(visible[3], data)
    w = weights[2]  # awake: V1 is what it was two steps ago, from which the code of the last step was drawn
    error = visible[1] - logistic(hidden[2] @ w[DOWN] + w[VISIBLE_BIAS])
    learned = {name: weights[3][name] - w[name] for name in LEARNING}
    np.testing.assert_allclose(learned[DOWN], hidden[2].T @ error / COPIES, atol=1e-12)
    np.testing.assert_allclose(learned[VISIBLE_BIAS][0], error.mean(0), atol=1e-12)
    np.testing.assert_allclose(learned[HIDDEN_BIAS][0], (hidden[1] - logistic(w[HIDDEN_BIAS])).mean(0), atol=1e-12)
    assert not learned[UP].any()
    w = weights[6]  # asleep: V2 is what it was two steps ago, from which the dream of the last step was drawn
    error = hidden[5] - logistic(visible[6] @ w[UP] + w[UP_BIAS])
    learned = {name: weights[7][name] - w[name] for name in LEARNING}
    np.testing.assert_allclose(learned[UP], visible[6].T @ error / COPIES, atol=1e-12)
    np.testing.assert_allclose(learned[UP_BIAS][0], error.mean(0), atol=1e-12)
    assert not learned[DOWN].any()
    assert np.abs(np.array(weights[7][UP]) - weights[3][UP]).max() > 0.01


def test_dreams_come_from_generation_alone() -> None:
    copies, drawn = 4000, {UP: Normal(distribution="normal", sd=5.0), DOWN: Normal(distribution="normal", sd=2.0)}
    circuit = load_circuit(CIRCUIT, SIZES, drawn)
    with Simulation(circuit, copies, [Phase("dream", 4, learn=False, polarity=-1)], seed=2) as simulation:
        simulation.present(iter([Round({"retina/image": np.zeros((copies, 5))}, np.zeros(copies))]), 1)
        visible, down = simulation.activity("V1/image"), simulation.weights(DOWN)
    codes = np.array(list(np.ndindex(2, 2, 2)), dtype=float)
    np.testing.assert_allclose(visible.mean(0), logistic(codes @ down).mean(0), atol=0.03)
