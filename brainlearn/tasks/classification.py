"""Classification: images with their class as target, and an answer by scores.

It is what backpropagation learns where the rule of an experiment contrasts positives and negatives. Images are shown
with a neutral label, or alone where the circuit learns without labels.
"""

from __future__ import annotations

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, Stimuli, each_once, without_learning
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Validation


class Classification:
    """Images, each with its class.

    Parameters
    ----------
    maker : StimulusMaker
    neutral : bool
        Whether images come with a label that says nothing.
    copies, at_once : int
        Presentations at once in a round with learning, and in one without.
    """

    def __init__(self, maker: StimulusMaker, neutral: bool, copies: int, at_once: int) -> None:
        self.maker, self.neutral, self.copies, self.at_once = maker, neutral, copies, at_once

    def _stimuli(self, images: np.ndarray) -> Stimuli:
        return self.maker.neutral(images) if self.neutral else self.maker.image_alone(images)

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        """Return the rounds of an epoch; every image is shown once."""

        def show(chosen: np.ndarray) -> Round:
            stimuli = self._stimuli(self.maker.for_training(images[chosen], rng))
            return Round(stimuli, np.ones(len(chosen), dtype=np.float32), labels=labels[chosen])

        return ItemRounds(DrawnOrder(len(labels), self.copies, rng), show)

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Return how often the greatest score is that of another class."""
        return Validation(error_percent(self._scores(ask, images).argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the greatest score."""
        scores = self._scores(ask, images)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _scores(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        return ask(each_once(images, self.at_once, self._stimuli, lambda reading: reading.scores()))

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images as they are tested."""
        few = labels[: min(EXAMPLES, self.at_once)]
        return Examples(without_learning(self._stimuli(images[: len(few)])), few, np.full_like(few, -1))

    def state(self) -> Arrays:
        """Return nothing: the learner has what scores classes."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Restore nothing."""
