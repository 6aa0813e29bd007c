"""Circuits that keep to the anatomy of cortex learn what `brian2.Synapses` let them learn.

Sparse and recurrent, each synapse with a delay, each unit with parameters of its own, Dale's law everywhere: the
experiments at a small size, in double precision.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn.circuit import Rows, wire
from brainlearn.experiment import Experiment, load_experiment
from brainlearn.lab import Silent, prepare

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
ROUNDS = 3
SMALL = {
    "31_cortical_temporal_difference": {
        "sizes": {"retina/image": [8, 8], "V1/E": 168, "V1/I": 42, "IT/E": 60, "IT/I": 15},
        "target.units_per_class": 6,
    },
    "32_cortical_forward_forward": {
        "sizes": {"retina/image": [8, 8], "V1/E": 144, "V1/I": 36, "V2/E": 100, "V2/I": 25},
    },
}


def small(name: str, copies: int, delivery: str) -> Experiment:
    changes = {
        "dataset.name": "digits",
        "dataset.validation": 0,
        "training.samples": 1000,
        "training.copies": copies,
        "training.precision": "float64",
        "training.delivery": delivery,
        **SMALL[name],
    }
    return load_experiment(EXPERIMENTS / name / "experiment.toml", changes)


def learned(experiment: Experiment) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Return the weights before and after some rounds, and what the units did in the last."""
    course = prepare(experiment, None, Silent())
    learner = course.learner
    before = {name: np.array(learner.weights(name)) for name in experiment.learning}
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    activity: list[np.ndarray] = []

    def done(shown) -> None:
        rounds.after_round(learner, shown, 1.0)
        paths = [p.path for p in experiment.circuit.populations if p.path.startswith(("V", "IT"))]
        activity.append(np.concatenate([learner.activity(path).ravel() for path in paths]))

    learner.present(iter(rounds), ROUNDS, done)
    return before, {name: np.array(learner.weights(name)) for name in experiment.learning}, np.array(activity)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize(
    "copies", [pytest.param(10, marks=pytest.mark.slow), 34]
)  # spikes are carried one by one, or those of all copies together
def test_weights_are_those_of_stock_brian(name: str, copies: int) -> None:
    before, found, activity = learned(small(name, copies, "shared"))
    _, expected, stock = learned(small(name, copies, "stock"))
    np.testing.assert_array_equal(activity, stock)
    assert activity.mean() > 0.01
    for projection, weights in expected.items():
        assert np.abs(weights - before[projection]).max() > 1e-4
        np.testing.assert_allclose(found[projection], weights, rtol=0, atol=1e-10, err_msg=projection)


@pytest.mark.parametrize("name", SMALL)
def test_it_keeps_to_the_anatomy(name: str) -> None:
    """Count what the text of the circuit promises: at most 100 synapses, one sign a unit, a fifth inhibitory."""
    experiment = load_experiment(EXPERIMENTS / name / "experiment.toml")
    circuit = experiment.circuit
    wiring = wire(circuit, 1)
    inputs = {p.path: np.zeros(p.size, dtype=int) for p in circuit.populations}
    for projection in circuit.projections:
        synapses = wiring[projection.name]
        assert isinstance(synapses, Rows)
        inputs[projection.target] += np.bincount(synapses.posts, minlength=synapses.targets)
        sign = circuit.population(projection.source).sign
        assert ((synapses.weights >= 0) if sign == "excitatory" else (synapses.weights <= 0)).all()
        assert sign != "mixed"
        if not projection.source.startswith(("retina", "task")):
            assert synapses.delays is not None
            assert set(synapses.delays.tolist()) == {1, 2, 3, 4, 5}
    assert max(number.max() for number in inputs.values()) <= 100
    spiking = [p for p in circuit.populations if circuit.models[p.path].kind == "spiking"]
    units = {sign: sum(p.size for p in spiking if p.sign == sign) for sign in ("excitatory", "inhibitory")}
    assert units["inhibitory"] / sum(units.values()) == pytest.approx(0.2, abs=0.01)
