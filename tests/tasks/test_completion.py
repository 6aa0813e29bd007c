"""Images are learned with their labels, and completed without; what cannot work is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.experiment.schema import StimulusTable
from brainlearn.mistakes import UserError
from brainlearn.tasks.completion import Completion
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.training.rule_learner import RuleLearner

SHIPPED = Path(__file__).parents[2] / "experiments" / "44_boltzmann" / "graded.toml"
PHASES = [
    {"name": "wake", "duration": "2 ms"},
    {"name": "sleep", "duration": "2 ms", "reset": False, "show": False, "polarity": -1},
]


class Says:
    """A reading whose label units say the number that the image's only pixel holds."""

    def __init__(self, evidence: np.ndarray) -> None:
        self.evidence = evidence

    def scores(self) -> np.ndarray:
        return np.eye(3)[(self.evidence[:, 0] > 0).astype(int) + 1]


def test_labels_are_shown_for_learning_and_left_out_for_the_answer() -> None:
    task = Completion(StimulusMaker(StimulusTable(encoding="log_odds", certainty=5.0), 3), copies=2)
    images, labels = np.array([[0.0], [1.0], [1.0], [0.0]]), np.array([1, 2, 2, 0])
    for shown in task.rounds(images, labels, np.random.default_rng(1)):
        np.testing.assert_array_equal(shown.stimuli["retina/label"], np.where(np.eye(3)[shown.labels] > 0, 5.0, -5.0))
        assert (shown.learn, shown.polarity.tolist()) == (True, [1, 1])

    def ask(question: Any) -> np.ndarray:
        found = []
        for shown in question.rounds:
            assert not shown.learn
            assert not shown.stimuli["retina/label"].any()
            found.append(question.read(Says(shown.stimuli["retina/image"])))
        return np.concatenate(found)[: question.items]

    record = task.test(ask, images, labels)
    assert record.prediction.tolist() == [1, 2, 2, 1]
    assert task.validate(ask, images, labels).error_percent == 25.0


def test_an_image_is_completed_in_a_presentation_of_its_own() -> None:
    learner = RuleLearner(load_experiment(SHIPPED, {"training.copies": 2, "sizes": {"V2/hidden": 3}}))
    told = [(phase.name, phase.steps, phase.learn, phase.answer) for phase in learner._answer_phases]
    assert told == [("settle", 10, False, None), ("complete", 20, False, (1, 20))]
    assert [phase.polarity for phase in learner.phases] == [1, 1, 1, -1]


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no such population": ({"completion.population": "V1/lable"}, "completion.population", 'Did you mean "V1/label"?'),
    "a population of another size": ({"completion.population": "V2/hidden"}, "completion.population", "10 units"),
    "a time that is no multiple": ({"completion.settle": "0.5 ms"}, "completion.settle", "a multiple of dt = 1 ms"),
    "an answer in a phase": (
        {"phases": [{**PHASES[0], "answer": True}, PHASES[1]]},
        "phases[0].answer",
        "read in a presentation of its own",
    ),
    "no sleep": ({"phases": PHASES[:1]}, "phases", "Add a phase with show = false, reset = false and polarity = -1"),
    "a label in the image": ({"stimulus.embed_label": True}, "stimulus.embed_label", "stimulus population of its own"),
    "a centred image": ({"stimulus.centre": True}, "stimulus.centre", "probabilities are from 0 to 1"),
    "a baseline": ({"baselines.backprop": {}}, "baselines", "no gradient in the mirror"),
    "classes of units too": (
        {"unit_classes": {"population": "V2/hidden"}},
        "completion",
        "[completion] and [unit_classes]",
    ),
}


@pytest.mark.parametrize(("changes", "place", "text"), MISTAKES.values(), ids=MISTAKES)
def test_what_cannot_work_is_named(changes: dict[str, Any], place: str, text: str) -> None:
    with pytest.raises(UserError) as caught:
        load_experiment(SHIPPED, changes)
    assert any(place in str(mistake) and text in str(mistake) for mistake in caught.value.mistakes), str(caught.value)
