"""The task of a circuit that generates: it learns images with their labels, and completes an image without one.

Images and labels are evidence for units that sample. Phases of an experiment say when it is there: awake, the units do
what they are told; asleep, with ``show = false``, the circuit dreams. Source: Hinton, Osindero & Teh 2006, Neural
Computation 18, 1527, section 5 (labels as a part of the visible units).
"""

from __future__ import annotations

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, each_once, without_learning
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Validation


class Completion:
    """Images with labels; the answer is what units of the label do when they are told nothing.

    Parameters
    ----------
    maker : StimulusMaker
    copies : int
        Presentations at once.
    """

    def __init__(self, maker: StimulusMaker, copies: int) -> None:
        self.maker, self.copies = maker, copies

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        """Return the rounds of an epoch; every image is shown once, with its label."""

        def show(chosen: np.ndarray) -> Round:
            shown = self.maker.labelled(self.maker.for_training(images[chosen], rng), labels[chosen])
            return Round(shown, np.ones(len(chosen), dtype=np.float32), labels=labels[chosen])

        return ItemRounds(DrawnOrder(len(labels), self.copies, rng), show)

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell how often images are completed by another label."""
        return Validation(error_percent(self._scores(ask, images).argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the unit that is on for longest."""
        scores = self._scores(ask, images)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _scores(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        """Return the mean activity of the unit of each class, (item, class)."""
        question = each_once(
            images, self.copies, self.maker.without_label, lambda reading: reading.scores(), until_answer=True
        )
        return ask(question)

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images, each with its label."""
        few = labels[: min(EXAMPLES, self.copies)]
        return Examples(without_learning(self.maker.labelled(images[: len(few)], few)), few, few)

    def state(self) -> Arrays:
        """Return nothing: all that is learned belongs to the circuit."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Take nothing up."""
