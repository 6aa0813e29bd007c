"""The task of an experiment with targets: outputs are nudged, and the answer is what they do by themselves.

All copies show images at once; the phases of the experiment follow each other, some with the outputs nudged, and the
rule compares them. The answer is read at the end of the phase with ``answer = true``, before any nudge.
"""

from __future__ import annotations

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.answer_schema import TargetTable
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays
from brainlearn.stimuli import one_hot
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, Stimuli, each_once, without_learning
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Validation


class Targeted:
    """Images, each with a target for the outputs.

    Parameters
    ----------
    maker : StimulusMaker
    target : TargetTable
    copies, at_once : int
        Presentations at once in a round with learning, and in one without.
    """

    def __init__(self, maker: StimulusMaker, target: TargetTable, copies: int, at_once: int) -> None:
        self.maker, self.target, self.copies, self.at_once = maker, target, copies, at_once

    def _stimuli(self, images: np.ndarray, labels: np.ndarray) -> Stimuli:
        classes = one_hot(labels, self.maker.classes, self.target.strength)
        targets = np.repeat(classes, self.target.units_per_class, axis=1)
        return {**self.maker.image_alone(images), self.target.population: targets}

    def rounds(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        rng: np.random.Generator,
        shifts: np.random.Generator | None = None,
    ) -> ItemRounds:
        """Return the rounds of an epoch; every image is shown once. `shifts` draws its places, by default `rng`."""
        shifts = rng if shifts is None else shifts

        def show(chosen: np.ndarray) -> Round:
            stimuli = self._stimuli(self.maker.for_training(images[chosen], shifts), labels[chosen])
            everyone = np.ones(len(chosen), dtype=np.float32)
            return Round(stimuli, everyone, labels=labels[chosen], frame_steps=self.maker.frame_steps)

        return ItemRounds(DrawnOrder(len(labels), self.copies, rng), show)

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell how often the output that did most is that of another class."""
        return Validation(error_percent(self._scores(ask, images).argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the output that did most."""
        scores = self._scores(ask, images)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _scores(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        question = each_once(
            images, self.at_once, self.maker.image_alone, lambda reading: reading.scores(), True, self.maker.frame_steps
        )
        return self._of_classes(ask(question))

    def _of_classes(self, scores: np.ndarray) -> np.ndarray:
        """Return the mean score of the units of each class, (item, class)."""
        return scores.reshape(len(scores), self.maker.classes, -1).mean(axis=2)

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images through all phases, each with its target."""
        few = labels[: min(EXAMPLES, self.at_once)]
        stimuli = self._stimuli(images[: len(few)], few)
        return Examples(without_learning(stimuli, self.maker.frame_steps), few, few)

    def state(self) -> Arrays:
        """Return nothing: the outputs belong to the circuit."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Restore nothing."""
