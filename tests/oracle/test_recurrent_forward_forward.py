"""A recurrent circuit of graded units against NumPy: damped updates at once, and changes summed over the steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from brainlearn.units import parse_quantity
from tests.oracle.both_deliveries import COPIES, SHIPPED, random_rounds, shrunk
from tests.oracle.test_graded_network import passed_on

STEP = 0.05
NEW = 0.7  # share of the new activity in a step
INPUTS = {"V1/E": ("retina/image", "V2/E"), "V2/E": ("V1/E", "task/label")}
TEXTS = {"threshold": 0.4, "width": 0.1, "peer": 0.05, "memory_rate": 0.3}


@dataclass
class Network:
    """Two areas between an image and a label, and what their synapses learn.

    Parameters
    ----------
    weights : dict of str to (pre, post) array
    sense : int
        +1: greatest goodness is most activity; -1: least.
    """

    weights: dict[str, np.ndarray]
    sense: int
    usual: dict[str, np.ndarray] = field(default_factory=dict)

    def watch(
        self, stimuli: dict[str, np.ndarray], polarity: np.ndarray, steps: int, since: int
    ) -> dict[str, np.ndarray]:
        """Return the activity after so many steps; learn in those after the first `since`."""
        sizes = {path: self.weights[f"{path}->{target}"].shape[0] for target, paths in INPUTS.items() for path in paths}
        activity = {path: np.zeros((len(polarity), sizes[path])) for path in INPUTS}
        changes = {name: np.zeros_like(weights) for name, weights in self.weights.items()}
        for step in range(steps):
            sent = {**stimuli, **{path: passed_on(each) for path, each in activity.items()}}
            drive = {post: sum(sent[p] @ self.weights[f"{p}->{post}"] for p in pre) for post, pre in INPUTS.items()}
            activity = {post: (1 - NEW) * activity[post] + NEW * np.maximum(drive[post], 0) for post in INPUTS}
            if step >= since:
                for post, pre in INPUTS.items():
                    factor = self.factor(post, activity[post], polarity)
                    for path in pre:
                        changes[f"{path}->{post}"] += sent[path].T @ factor / (polarity != 0).sum()
        for path in INPUTS:
            mean = activity[path][polarity > 0].mean(axis=0)
            before = self.usual.get(path, np.zeros_like(mean))
            self.usual[path] = before + TEXTS["memory_rate"] * (mean - before)
        self.weights = {name: weights + STEP * changes[name] for name, weights in self.weights.items()}
        return activity

    def factor(self, path: str, activity: np.ndarray, polarity: np.ndarray) -> np.ndarray:
        """Return what multiplies what was sent, (copy, post)."""
        goodness = self.sense * (activity**2).mean(axis=1)
        log_odds = (goodness - self.sense * TEXTS["threshold"]) / TEXTS["width"]
        modulator = self.sense * polarity / (1 + np.exp(np.clip(polarity * log_odds, -60, 60)))
        usual = self.usual.get(path, np.zeros(activity.shape[1]))
        return modulator[:, None] * activity + TEXTS["peer"] * (polarity > 0)[:, None] * (usual.mean() - usual)


def build(sense: int, phases: list[Phase]) -> Simulation:
    circuit = shrunk(next(path for path in SHIPPED if path.stem == "recurrent_graded"))
    parameters = {key: parse_quantity(value) for key, value in {**TEXTS, "sense": sense}.items()}
    names = tuple(p.name for p in circuit.projections)
    chain = (("step", {"size": STEP}),)
    plasticity = Plasticity(RULES["forward_forward_recurrent"], names, parameters, chain)
    return Simulation(circuit, COPIES, phases, plasticity, seed=2, precision="float64")


@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("since", [0, 3], ids=["from the first step", "once settled"])
def test_areas_learn_in_every_step_from_what_the_step_before_sent(sense, since):
    settle = [Phase("settle", since, learn=False)] if since else []
    simulation = build(sense, [*settle, Phase("watch", 7 - since, reset=not since)])
    network = Network({name: np.array(wiring.weights) for name, wiring in simulation.wiring.items()}, sense)

    def compare(round_: Round) -> None:
        before = network.weights
        activity = network.watch(dict(round_.stimuli), round_.polarity, 7, since)
        for path, expected in activity.items():
            assert expected.max() > 0.1
            np.testing.assert_allclose(simulation.activity(path), expected, rtol=0, atol=1e-12, err_msg=path)
        for name, weights in network.weights.items():
            assert np.abs(weights - before[name]).max() > 1e-4
            np.testing.assert_allclose(simulation.weights(name), weights, rtol=0, atol=1e-12, err_msg=name)

    simulation.present(random_rounds(simulation), 3, compare)


def test_low_activity_is_the_goodness_that_grows_with_the_other_sense():
    """The same presentation moves each synapse from a stimulus the other way, if nobody is told apart yet."""
    moves = []
    for sense in (1, -1):
        simulation = build(sense, [Phase("watch", 1)])
        round_ = next(random_rounds(simulation))
        simulation.learning["retina/image->V1/E"].post.parameters |= {"width": 1e15, "peer": 0.0}
        before = np.array(simulation.weights("retina/image->V1/E"))
        simulation.present(iter([round_]), 1)
        moves.append(simulation.weights("retina/image->V1/E") - before)
        assert (simulation.broadcast("V1/E", "goodness") * sense > 0).all()
    np.testing.assert_allclose(moves[0], -moves[1], rtol=0, atol=1e-12)
    assert np.abs(moves[0]).max() > 1e-3
