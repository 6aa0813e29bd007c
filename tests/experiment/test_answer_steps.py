"""The answer of a presentation is its goodness, at its end or summed over the steps that count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare
from brainlearn.tasks.answer_phase import output_steps
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.testing import run_test

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
RECURRENT = EXPERIMENTS / "14_forward_forward_recurrent_graded" / "experiment.toml"
TARGET = EXPERIMENTS / "04_temporal_difference_digits" / "experiment.toml"
SMALL = {
    "dataset.name": "digits",
    "dataset.validation": 0,
    "sizes": {"retina/image": [8, 8], "V1/E": 20, "V2/E": 20},
    "training.samples": 20,
    "training.copies": 40,
    "training.precision": "float64",
}


def watched(*phases: dict[str, Any]) -> dict[str, Any]:
    return {**SMALL, "phases": [{"name": f"part_{k}", "reset": not k, **each} for k, each in enumerate(phases)]}


def goodness(changes: dict[str, Any]) -> np.ndarray:
    """Return the goodness of every label of four images, (image, label), before learning."""
    course = prepare(load_experiment(RECURRENT, changes), None, Silent())
    return run_test(course, course.dataset.test_images[:4], course.dataset.test_labels[:4]).goodness


def test_goodness_is_summed_over_the_steps_that_count():
    at_the_end = {steps: goodness(watched({"duration": f"{steps} ms"})) for steps in (3, 4, 5)}
    middle = goodness(watched({"duration": "8 ms", "answer": ["3 ms", "5 ms"]}))
    np.testing.assert_allclose(middle, sum(at_the_end.values()), rtol=1e-12)
    in_two = goodness(watched({"duration": "3 ms", "answer": True}, {"duration": "5 ms", "answer": ["1 ms", "2 ms"]}))
    np.testing.assert_allclose(in_two, middle, rtol=1e-12)
    assert (at_the_end[3] != at_the_end[5]).all()


def test_a_test_ends_with_the_last_step_that_counts_and_training_does_not():
    changes = watched({"duration": "8 ms", "answer": ["3 ms", "5 ms"]})
    course = prepare(load_experiment(RECURRENT, changes), None, Silent())
    seen: list[int] = []
    simulation = course.learner.simulation
    present = simulation.present
    simulation.present = lambda *given: (seen.append(simulation.presenter.steps), present(*given))[1]  # type: ignore[method-assign,func-returns-value,assignment]
    run_epoch(course, 0)
    run_test(course, course.dataset.test_images[:4], course.dataset.test_labels[:4])
    assert seen == [8, 5, 8]  # one epoch, every label, one pass


def load(changes: dict[str, Any], path: Path = RECURRENT) -> Experiment:
    return load_experiment(path, changes)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            ["3 ms", "9 ms"],
            'not an interval of the phase "watch"; found ["3 ms", "9 ms"]; allowed: two times from 1 ms to 8 ms',
        ),
        (["0 ms", "5 ms"], 'not an interval of the phase "watch"'),
        (["5 ms", "3 ms"], "the earlier one first"),
        (["2.5 ms", "5 ms"], "multiples of dt = 1 ms"),
        (["5 ms"], "phases[0].answer"),
        ("5 ms", "phases[0].answer"),
    ],
)
def test_steps_that_are_not_there_are_named(answer, text):
    with pytest.raises(UserError) as raised:
        load({"phases": [{"name": "watch", "duration": "8 ms", "answer": answer}]})
    assert any("phases[0].answer" in str(mistake) and text in str(mistake) for mistake in raised.value.mistakes)


def test_with_targets_the_answer_may_be_read_over_steps_too():
    phases = [
        {"name": "free", "duration": "10 ms", "learn": False, "remember": True, "answer": ["3 ms", "5 ms"]},
        {"name": "nudged", "duration": "10 ms", "reset": False, "nudge": 1.0},
    ]
    experiment = load({"phases": phases, "alignment": None, "baselines": {}}, TARGET)
    assert output_steps(experiment.settings.phases[0], 1e-3, values=False) == (3, 5)
