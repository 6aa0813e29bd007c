"""Forward-Forward rules against their formulas in NumPy, and against the gradient of Hinton's likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian.learning.traces import trace_variable
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from brainlearn.units import parse_quantity
from tests.oracle.both_deliveries import COPIES, SHIPPED, random_rounds, shrunk

TEXTS = {"width": 0.02, "peer": 0.05, "memory_rate": 0.3}
THRESHOLD, THRESHOLD_RATE, ROUNDS = 0.05, 0.4, 3
PATHS = {path.stem: path for path in SHIPPED}
SPIKING, GRADED = ("two_areas", 20), ("graded_three_areas", 4)
READ = {"forward_forward_trace": trace_variable("recent")}  # the others read the activity


class Hinton:
    """The rule with its memories, for one population."""

    def __init__(self, running: bool, units: int) -> None:
        self.running, self.threshold = running, 0.06 if running else THRESHOLD
        self.usual, self.usual_level = np.zeros(units), 0.0

    def change(self, x: np.ndarray, y: np.ndarray, polarity: np.ndarray) -> np.ndarray:
        """Return the mean change, (pre, post), for what is passed on `x` and the activity `y`, (copy, unit)."""
        goodness = (y**2).mean(axis=1)
        chance_of_error = 1 / (1 + np.exp(polarity * (goodness - self.threshold) / TEXTS["width"]))
        peer = TEXTS["peer"] * (self.usual_level - self.usual) * (polarity > 0)[:, None]
        factor = (polarity * chance_of_error)[:, None] * y + peer
        learning = polarity != 0
        return x[learning].T @ factor[learning] / learning.sum()

    def remember(self, y: np.ndarray, polarity: np.ndarray) -> None:
        positive = y[polarity > 0]
        self.usual += TEXTS["memory_rate"] * (positive.mean(axis=0) - self.usual)
        self.usual_level += TEXTS["memory_rate"] * (positive.mean() - self.usual_level)
        if self.running:
            goodness = (y[polarity != 0] ** 2).mean()
            self.threshold += THRESHOLD_RATE * (goodness - self.threshold)


def build(circuit: tuple[str, int], rule: str, **texts: float) -> Simulation:
    name, steps = circuit
    shrunken = shrunk(PATHS[name])
    fixed = {"threshold_rate": THRESHOLD_RATE} if "running" in rule else {"threshold": THRESHOLD}
    parameters = {key: parse_quantity(value) for key, value in {**TEXTS, **fixed, **texts}.items()}
    plasticity = Plasticity(RULES[rule], tuple(p.name for p in shrunken.projections), parameters)
    phases = [Phase("show", steps)]
    return Simulation(shrunken, COPIES, phases, plasticity, seed=3, precision="float64")


@pytest.mark.parametrize("circuit", [SPIKING, GRADED], ids=lambda pair: pair[0])
@pytest.mark.parametrize("rule", ["forward_forward", "forward_forward_running", "forward_forward_trace"])
def test_the_change_is_hintons_rule_with_peer_normalisation(circuit, rule):
    simulation = build(circuit, rule)
    formulas = {
        path: Hinton("running" in rule, values.population.population.size)
        for path, values in ((path, m.values) for path, m in simulation.neuromodulation.items())
    }
    before = {name: wiring.weights.copy() for name, wiring in simulation.wiring.items()}

    def read(path: str) -> np.ndarray:
        variable = READ.get(rule)
        return simulation.populations[path].array(variable) if variable else simulation.activity(path)

    def compare(round_: Round) -> None:
        for projection in simulation.circuit.projections:
            x = read(projection.source) * simulation.gain(projection.source)
            change = formulas[projection.target].change(x, read(projection.target), round_.polarity)
            assert np.abs(change).max() > 1e-4
            after = simulation.weights(projection.name)
            np.testing.assert_allclose(after - before[projection.name], change, rtol=0, atol=1e-12)
            before[projection.name] = after.copy()
        for path, formula in formulas.items():
            formula.remember(read(path), round_.polarity)

    simulation.present(random_rounds(simulation), ROUNDS, compare)
    for path, formula in formulas.items():
        memories = simulation.neuromodulation[path].memories
        np.testing.assert_allclose(memories["usual"], formula.usual, rtol=0, atol=1e-12)
        assert memories.get("threshold", THRESHOLD) == pytest.approx(formula.threshold, abs=1e-12)


def test_in_graded_units_the_change_is_the_gradient_of_the_log_likelihood():
    """Up to the constant 2 / (units × width), for one area without peer normalisation."""
    simulation = build(GRADED, "forward_forward", peer=0.0)
    learning = simulation.learning["retina/image->V1/E"]
    rounds = random_rounds(simulation)
    round_ = next(rounds)
    image, label = round_.stimuli["retina/image"], round_.stimuli["retina/label"]
    weights, fixed = (simulation.wiring[f"retina/{part}->V1/E"].weights for part in ("image", "label"))
    taking_part, units = round_.polarity != 0, weights.shape[1]

    def log_likelihood(weights: np.ndarray) -> float:
        y = np.maximum(image @ weights + label @ fixed, 0)
        surprise = round_.polarity * ((y**2).mean(axis=1) - THRESHOLD) / TEXTS["width"]
        return -np.logaddexp(0, -surprise)[taking_part].mean()

    simulation.present(iter([Round(round_.stimuli, round_.polarity, learn=False)]), 1)
    change = learning.proposal(taking_part)
    assert change is not None
    for pre, post in [(0, 0), (3, 2), (7, 11), (15, 20)]:
        nudge = np.zeros_like(weights)
        nudge[pre, post] = 1e-6
        slope = (log_likelihood(weights + nudge) - log_likelihood(weights - nudge)) / 2e-6
        assert change[pre, post] * 2 / (units * TEXTS["width"]) == pytest.approx(slope, rel=1e-5, abs=1e-8)
    assert np.abs(change).max() > 1e-3
