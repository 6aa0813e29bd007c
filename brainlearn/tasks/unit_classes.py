"""The task without labels, negatives or targets: units get their classes afterwards, from what they fired for.

The circuit sees images and learns by its rule. Each unit of a population gets the class of the images for which it
fired most, at the end of an epoch; the answer is the class whose units fire most in the mean. Labels decide that alone.
Source: Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, section 2.6. Or every class has a pattern, the mean of what
all units did for it, and the answer is the class whose pattern is most like what they do now: the greatest cosine.
"""

from __future__ import annotations

import math

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.answer_schema import UnitClassesTable
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays, put_back
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, each_once, labels_of, without_learning
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Reading, Validation


class UnitClasses:
    """Images alone, and a population whose units have classes.

    Parameters
    ----------
    maker : StimulusMaker
    table : UnitClassesTable
    size : int
        Units of the population.
    copies : int
        Presentations at once.

    Attributes
    ----------
    total : (class, unit) array
        Activity of every unit, summed over the images of every class at the end of the last epoch.
    images : (class,) array
        How many these were.
    """

    def __init__(self, maker: StimulusMaker, table: UnitClassesTable, size: int, copies: int) -> None:
        self.maker, self.table, self.copies = maker, table, copies
        self.total, self.images = np.zeros((maker.classes, size)), np.zeros(maker.classes)

    # ---- learning ------------------------------------------------------------------------------------------------

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        """Return the rounds of an epoch; every image is shown once."""
        order = DrawnOrder(len(labels), self.copies, rng)
        first = order.count - math.ceil(self.table.share * order.count) + 1

        def show(chosen: np.ndarray) -> Round:
            stimuli = self.maker.image_alone(self.maker.for_training(images[chosen], rng))
            return Round(stimuli, np.ones(len(chosen), dtype=np.float32), labels=labels[chosen])

        def note(reading: Reading, shown: Round, factor: float | None) -> None:
            if factor is None or order.begun < first:
                return
            if order.begun == first:
                self._forget()
            self._note(reading, labels_of(shown))

        return ItemRounds(order, show, note)

    def _forget(self) -> None:
        self.total.fill(0)
        self.images.fill(0)

    def _note(self, reading: Reading, labels: np.ndarray) -> None:
        """Add what units did for images of known classes."""
        np.add.at(self.total, labels, reading.activity(self.table.population)[: len(labels)])
        np.add.at(self.images, labels, 1)

    def classes(self) -> np.ndarray:
        """Return the class of every unit, for which it fired most per image, (unit,); -1 if it never fired."""
        mean = self.total / np.maximum(self.images, 1)[:, None]
        return np.where(self.total.any(axis=0), mean.argmax(axis=0), -1)

    def readout(self) -> np.ndarray:
        """Return the weights by which units speak for classes, (unit, class).

        For the mean activity of the units of every class, 0 for a class without units; or patterns of length 1, whose
        product with what units do is the cosine, but for a factor that all classes share.
        """
        if self.table.answer == "patterns":
            patterns = self.total / np.maximum(self.images, 1)[:, None]
            lengths = np.linalg.norm(patterns, axis=1, keepdims=True)
            return np.divide(patterns, lengths, out=np.zeros_like(patterns), where=lengths > 0).T
        of_class = (self.classes()[:, None] == np.arange(self.maker.classes)).astype(np.float64)
        return of_class / np.maximum(of_class.sum(axis=0), 1)

    # ---- answering -----------------------------------------------------------------------------------------------

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell how often another class is the answer."""
        return Validation(error_percent(self._scores(ask, images).argmax(axis=1), labels))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer by the units of every class, or by its pattern."""
        scores = self._scores(ask, images)
        return TestRecord(labels, scores.argmax(axis=1), scores)

    def _scores(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        """Return what speaks for every class, (item, class)."""
        of_class = self.readout()

        def read(reading: Reading) -> np.ndarray:
            return reading.activity(self.table.population) @ of_class

        return ask(each_once(images, self.copies, self.maker.image_alone, read))

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few images, without a label."""
        few = labels[: min(EXAMPLES, self.copies)]
        return Examples(without_learning(self.maker.image_alone(images[: len(few)])), few, np.full_like(few, -1))

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what units fired for."""
        return {"total": self.total, "images": self.images}

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another task."""
        put_back(self.total, "total", saved)
        put_back(self.images, "images", saved)
