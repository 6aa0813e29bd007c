"""A task of one's own, in one file, is learned by whatever learns: here, which half of an image is the brighter one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from brainlearn.brian.presenter import Round
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.record import TestRecord
from brainlearn.running.preparation import load_data
from brainlearn.saved_state import Arrays
from brainlearn.stimuli import one_hot
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.rounds import DrawnOrder, ItemRounds, Stimuli, each_once
from brainlearn.tasks.task import Ask, Examples, Reading, Task, Validation
from brainlearn.training.backprop_learner import BackpropLearner
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.learner import Learner
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from brainlearn.training.testing import record_spikes, run_test
from tests.experiment.targets import TARGETS

IMAGE, OUTPUTS, CLASSES = "retina/image", "IT/class", 10
CHANGES = ("training.epochs=3", 'baselines.backprop={copies=50, step=1e-2, schedule="linear_half"}')
ROUNDS, COPIES = 8, 50


def brighter(images: np.ndarray) -> np.ndarray:
    """0 where the left half of an (item, 64) image is brighter, else 1."""
    left, right = (images.reshape(-1, 8, 8)[:, :, half].sum(axis=(1, 2)) for half in (slice(0, 4), slice(4, 8)))
    return (right > left).astype(int)


class Brighter:
    """Images, one half of which is brightened; the classes of the dataset say nothing."""

    def __init__(self, at_once: int) -> None:
        self.at_once, self.read = at_once, 0

    def stimuli(self, images: np.ndarray) -> Stimuli:
        return {IMAGE: images.astype(np.float32)}

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        def show(chosen: np.ndarray) -> Round:
            right = brighter(images[chosen])
            stimuli = {**self.stimuli(images[chosen]), OUTPUTS: one_hot(right, CLASSES)}
            return Round(stimuli, np.ones(len(chosen), dtype=np.float32), labels=right)

        return ItemRounds(DrawnOrder(len(labels), COPIES, rng), show, self.after)

    def after(self, reading: Reading, shown: Round, factor: float | None) -> None:
        assert factor is not None
        assert reading.activity(OUTPUTS).shape == (COPIES, CLASSES)
        self.read += 1

    def guess(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        scores = ask(each_once(images, self.at_once, self.stimuli, lambda r: r.scores()[:, :2], until_answer=True))
        assert scores.shape == (len(images), 2)
        return scores.argmax(axis=1)

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        return Validation(error_percent(self.guess(ask, images), brighter(images)))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        guess = self.guess(ask, images)
        return TestRecord(brighter(images), guess, one_hot(guess, 2))

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        right = brighter(images[:2])
        return Examples(Round(self.stimuli(images[:2]), np.zeros(2, dtype=np.float32), learn=False), right, right)

    def state(self) -> Arrays:
        return {"read": np.array(self.read)}

    def restore(self, saved: Arrays) -> None:
        self.read = int(saved["read"])


def course_of(folder: Path, engine: str) -> Course:
    (folder / "experiment.toml").write_text(TARGETS, encoding="utf-8")
    experiment = load_experiment(folder / "experiment.toml", CHANGES)
    dataset, split = load_data(experiment, None)
    learner: Learner = RuleLearner(experiment)
    if engine == "mirror":
        learner = BackpropLearner(experiment, "backprop", dataset.classes)
    task: Task = Brighter(learner.at_once)
    return Course(experiment, dataset, split, Silent(), task, learner)


@pytest.mark.parametrize("engine", ["brian", "mirror"])
def test_a_task_in_one_file_is_learned_by_rule_and_by_backpropagation(tmp_path: Path, engine: str) -> None:
    course = course_of(tmp_path, engine)
    records = [run_epoch(course, number) for number in range(3)]
    assert course.task.state()["read"] == 3 * ROUNDS
    assert [record.presentations for record in records] == [ROUNDS * COPIES] * 3
    assert math.isnan(records[0].loss) == (engine == "brian")
    images, labels = course.dataset.test_images, course.dataset.test_labels
    share = brighter(images).mean()
    assert 0.3 < share < 0.7  # whoever always says the same is wrong that often
    tested = run_test(course, images, labels)
    np.testing.assert_array_equal(tested.label, brighter(images))
    assert error_percent(tested.prediction, tested.label) < 20
    assert records[-1].validation_error_percent < 25
    assert set(record_spikes(course, images, labels)) == ({"V1/E", OUTPUTS} if engine == "brian" else set())


@pytest.mark.slow
def test_a_course_of_ones_own_task_is_saved_and_goes_on(tmp_path: Path) -> None:
    whole, first, second = (course_of(tmp_path, "mirror") for _ in range(3))
    for course in (whole, first):
        run_epoch(course, 0)
    second.restore({name: np.array(array) for name, array in first.state().items()})
    assert second.task.state()["read"] == ROUNDS
    ends = [run_epoch(course, 1) for course in (whole, second)]
    assert ends[0].loss == ends[1].loss
    assert ends[0].validation_error_percent == ends[1].validation_error_percent


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["brian", "mirror"])
def test_what_a_learner_does_not_know_is_said(tmp_path: Path, engine: str) -> None:
    learner = course_of(tmp_path, engine).learner
    with pytest.raises(UserError, match="goodness"):
        learner.goodness("V1/E")
    unlabelled = Round({IMAGE: np.zeros((2, 64), dtype=np.float32)}, np.ones(2, dtype=np.float32))
    if engine == "mirror":
        with pytest.raises(UserError, match=r"Round\.labels: backpropagation needs the true class"):
            learner.present(iter([unlabelled]), 1, lambda shown: None)
