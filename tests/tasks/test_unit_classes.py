"""Units get the class for which they fire most per image, and the class whose units fire most is the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.experiment.answer_schema import UnitClassesTable
from brainlearn.experiment.schema import StimulusTable
from brainlearn.mistakes import UserError
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Question
from brainlearn.tasks.unit_classes import UnitClasses
from tests.experiment.tiny_runs import tiny

CLASSES, UNITS, COPIES = 3, 4, 4
LIKES = np.array([[5.0, 0.0, 1.0, 0.0], [0.0, 4.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]])  # (class, unit); nobody likes 2


class Fires:
    """A reading whose units fire by the class of the image, which is its only pixel."""

    def __init__(self, classes: np.ndarray) -> None:
        self.classes = classes

    def activity(self, path: str) -> np.ndarray:
        assert path == "V1/E"
        return LIKES[np.append(self.classes, np.zeros(COPIES - len(self.classes), dtype=int))]  # copies left over


def task(share: float, answer: Literal["units", "patterns"] = "units") -> UnitClasses:
    maker = StimulusMaker(StimulusTable(encoding="poisson", label=None), CLASSES, None)
    return UnitClasses(maker, UnitClassesTable(population="V1/E", share=share, answer=answer), UNITS, COPIES)


def shown_for_learning(task: UnitClasses, labels: np.ndarray) -> list[np.ndarray]:
    """Go through an epoch, and return the labels of every round."""
    rounds, seen = task.rounds(np.zeros((len(labels), 1)), labels, np.random.default_rng(1)), []
    for shown in rounds:
        seen.append(shown.labels)
        rounds.after_round(Fires(shown.labels), shown, 1.0)
    return seen


def ask(labels: np.ndarray) -> Callable[[Question], np.ndarray]:
    def asked(question: Question) -> np.ndarray:
        found = []
        for k, shown in enumerate(question.rounds):
            assert not shown.learn
            found.append(question.read(Fires(labels[k * COPIES : (k + 1) * COPIES])))
        return np.concatenate(found)[: question.items]

    return asked


def test_units_get_the_class_for_which_they_fire_most_per_image_in_the_last_share_of_an_epoch() -> None:
    labels = np.array([0] * 12 + [1] * 8)  # unit 2 fires more often for 0 in all, and more for each image of 1
    found = task(0.6)
    seen = shown_for_learning(found, labels)
    last = np.concatenate(seen[2:])  # 3 of 5 rounds
    np.testing.assert_array_equal(found.images, np.bincount(last, minlength=3))
    np.testing.assert_allclose(found.total, LIKES * np.bincount(last, minlength=3)[:, None])
    assert found.classes().tolist() == [0, 1, 1, -1]


def test_an_epoch_forgets_the_one_before() -> None:
    found = task(1.0)
    shown_for_learning(found, np.array([0, 1, 1, 1]))
    shown_for_learning(found, np.array([0, 0, 0, 0]))
    assert found.images.tolist() == [4, 0, 0]
    assert found.classes().tolist() == [0, -1, 0, -1]


def test_the_answer_is_the_class_whose_units_fire_most_in_the_mean() -> None:
    found, labels = task(1.0), np.array([0, 1, 1, 0, 2, 1])
    shown_for_learning(found, np.array([0, 0, 1, 1]))
    record = found.test(ask(labels), np.zeros((6, 1)), labels)
    expected = {0: [5.0, 0.5, 0.0], 1: [0.0, 3.0, 0.0], 2: [0.0, 0.0, 0.0]}  # units 1 and 2 have class 1
    np.testing.assert_allclose(record.goodness, [expected[label] for label in labels])
    assert record.prediction.tolist() == [0, 1, 1, 0, 0, 1]
    assert found.validate(ask(labels), np.zeros((6, 1)), labels).error_percent == pytest.approx(100 / 6)


def test_the_answer_may_be_the_class_with_the_most_similar_pattern() -> None:
    found, labels = task(1.0, answer="patterns"), np.array([0, 1, 1, 0, 2])
    shown_for_learning(found, np.array([0, 0, 1, 1]))
    record = found.test(ask(labels), np.zeros((5, 1)), labels)
    lengths = np.linalg.norm(LIKES[:2], axis=1)
    cosines = record.goodness[:, :2] / np.maximum(np.linalg.norm(LIKES[labels], axis=1), 1e-9)[:, None]
    np.testing.assert_allclose(cosines[:4], (LIKES[labels[:4]] @ LIKES[:2].T) / np.outer(lengths[labels[:4]], lengths))
    assert record.prediction.tolist()[:4] == [0, 1, 1, 0]
    assert not record.goodness[:, 2].any()  # no image of this class was seen


@pytest.mark.parametrize(
    ("changes", "where", "wrong"),
    [
        ({"unit_classes.population": "V1/X"}, "unit_classes.population", 'no population "V1/X"'),
        ({"unit_classes.population": "retina/image"}, "unit_classes.population", 'no population "retina/image"'),
        ({"unit_classes.share": 0.0}, "unit_classes.share", "out of range"),
        ({"phases[1].show": False}, "phases[1].show", "no stimulus is shown in the last phase"),
        ({"phases[0].answer": True}, "phases[0].answer", "the activity of units during the whole last phase"),
        (
            {"phases[1].answer": ["1 ms", "2 ms"]},
            "phases[1].answer",
            "the activity of units during the whole last phase",
        ),
        ({"alignment": {"epochs": [1]}}, "alignment", "angles to the gradient are not measured"),
        ({"readout.short_list": 3}, "readout.short_list", "with [unit_classes] no labels are tried"),
        ({"rule.name": "forward_forward", "rule.updates": []}, "rule.name", "[unit_classes] there are no negative"),
        ({"rule.updates": [{"name": "normalise"}]}, "rule.updates[0].sum", "the setting is missing"),
        ({"rule.updates": [{"name": "normalise", "sum": "a"}]}, "rule.updates[0].sum", "not a number"),
    ],
)
def test_what_does_not_go_together_is_named(tmp_path: Any, changes: dict[str, Any], where: str, wrong: str) -> None:
    tiny(tmp_path, "unit_classes")
    with pytest.raises(UserError) as caught:
        load_experiment(tmp_path / "experiment.toml", changes)
    (mistake,) = caught.value.mistakes
    assert mistake.where.endswith(f": {where}")
    assert wrong in mistake.wrong
