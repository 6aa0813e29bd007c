"""The task of outputs that should take values: one for the whole presentation, or one in every frame.

It is shown and learned as classes are (`targeted.py`). Outputs are read in the steps that phases name in `answer`. The
error is the mean squared error in percent of the variance of the targets: 0 if all is right, 100 if
the answer is always the mean.
"""

from __future__ import annotations

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.results.record import TestRecord
from brainlearn.results.values_error import mean_squared_error, percent_of_variance
from brainlearn.saved_state import Arrays
from brainlearn.tasks.rounds import EXAMPLES, DrawnOrder, ItemRounds, Stimuli, each_once, without_learning
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Examples, Validation


class Regression:
    """Items, each with values for the outputs.

    Parameters
    ----------
    maker : StimulusMaker
    population : str
        Path of the outputs.
    copies, at_once : int
        Presentations at once in a round with learning, and in one without.
    """

    def __init__(self, maker: StimulusMaker, population: str, copies: int, at_once: int) -> None:
        self.maker, self.population, self.copies, self.at_once = maker, population, copies, at_once

    def _stimuli(self, images: np.ndarray, targets: np.ndarray) -> Stimuli:
        return {**self.maker.image_alone(images), self.population: targets}

    def rounds(self, images: np.ndarray, targets: np.ndarray, rng: np.random.Generator) -> ItemRounds:
        """Return the rounds of an epoch; every item is shown once."""

        def show(chosen: np.ndarray) -> Round:
            stimuli = self._stimuli(self.maker.for_training(images[chosen], rng), targets[chosen])
            everyone = np.ones(len(chosen), dtype=np.float32)
            return Round(stimuli, everyone, labels=targets[chosen], frame_steps=self.maker.frame_steps)

        return ItemRounds(DrawnOrder(len(targets), self.copies, rng), show)

    def validate(self, ask: Ask, images: np.ndarray, targets: np.ndarray) -> Validation:
        """Tell how far outputs are from their targets."""
        outputs = self._outputs(ask, images)
        error = mean_squared_error(outputs, targets)
        return Validation(percent_of_variance(outputs, targets), mean_squared_error=error)

    def test(self, ask: Ask, images: np.ndarray, targets: np.ndarray) -> TestRecord:
        """Answer by what outputs do."""
        outputs = self._outputs(ask, images)
        return TestRecord(target=_in_frames(targets), output=_in_frames(outputs))

    def _outputs(self, ask: Ask, images: np.ndarray) -> np.ndarray:
        question = each_once(
            images, self.at_once, self.maker.image_alone, lambda reading: reading.scores(), True, self.maker.frame_steps
        )
        return ask(question)

    def examples(self, images: np.ndarray, targets: np.ndarray) -> Examples:
        """Return a few items through all phases, each with its target; they have no labels."""
        few = min(EXAMPLES, self.at_once, len(targets))
        stimuli, none = self._stimuli(images[:few], targets[:few]), np.full(few, -1)
        return Examples(without_learning(stimuli, self.maker.frame_steps), none, none)

    def state(self) -> Arrays:
        """Return nothing: the outputs belong to the circuit."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Restore nothing."""


def _in_frames(values: np.ndarray) -> np.ndarray:
    """Return (item, frame, unit) values; those of a whole presentation as one frame."""
    return values if values.ndim == 3 else values[:, None]
