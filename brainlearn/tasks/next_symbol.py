"""The task of saying which symbol comes next, in every frame, and of talking freely: what is said is what is seen next.

It is shown and learned as values in frames are (`regression.py`): symbols are shown one after the other, and the
circuit keeps its state from one to the next. The answer of a frame is the output that does most; it is right if its
target is above 0, so several symbols may be. Nothing is asked in a frame whose targets are all 0.
"""

from __future__ import annotations

import numpy as np

from brainlearn.results.record import TestRecord
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.regression import Regression
from brainlearn.tasks.rounds import each_once
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.tasks.task import Ask, Validation


class NextSymbol(Regression):
    """Items, each with the symbols that are right, for the whole presentation or in every frame.

    Parameters
    ----------
    maker, population, copies, at_once
        As for `Regression`.
    """

    def validate(self, ask: Ask, images: np.ndarray, targets: np.ndarray) -> Validation:
        """Tell how often the output that did most is none of the right symbols."""
        label, guess, _ = self._answers(ask, images, targets)
        return Validation(error_percent(guess, label))

    def test(self, ask: Ask, images: np.ndarray, targets: np.ndarray) -> TestRecord:
        """Answer by the output that did most, frame by frame."""
        return TestRecord(*self._answers(ask, images, targets))

    def _answers(self, ask: Ask, images: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the right symbol, the answer, and what outputs did, wherever something was asked, item by item."""
        return judged(self._outputs(ask, images), targets)


def judged(outputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what was asked for and what was answered.

    Parameters
    ----------
    outputs, targets : (item, unit) or (item, frame, unit) array

    Returns
    -------
    label, guess : (asked,) array of int
        The right symbol (of several the one that was answered, or else the first), and the output that did most.
    scores : (asked, unit) array

    Examples
    --------
    >>> outputs = np.array([[0.1, 0.9, 0.0], [0.1, 0.9, 0.0], [0.5, 0.2, 0.1]])
    >>> label, guess, _ = judged(outputs, np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]))
    >>> label.tolist(), guess.tolist()
    ([1, 2], [1, 1])
    """
    asked = (targets > 0).any(axis=-1)
    outputs, targets = outputs[asked], targets[asked]
    guess = outputs.argmax(axis=1)
    right = targets[np.arange(len(guess)), guess] > 0
    return np.where(right, guess, targets.argmax(axis=1)), guess, outputs


def talk(
    ask: Ask, maker: StimulusMaker, start: np.ndarray, more: int, at_once: int, shown_as: np.ndarray | None = None
) -> np.ndarray:
    """Let a circuit continue sequences freely: what it says is what it sees next.

    Every symbol is asked for with the whole sequence so far, so the circuit begins each time at the onset.

    Parameters
    ----------
    ask : callable
        Shows a learner the rounds of a question; see `brainlearn.training.testing.asking`.
    maker : StimulusMaker
    start : (item, frame, pixel) array
        What is given; the first answer is about its last frame.
    more : int
        Symbols that the circuit says, at most as many as fit into the phases.
    at_once : int
        Items at once.
    shown_as : (unit, pixel) array, optional
        How each output is shown; default: output k is pixel k.

    Returns
    -------
    (item, more) array of int
        The outputs that did most.
    """
    shown, said = start, np.empty((len(start), 0), dtype=np.int64)
    for _ in range(more):
        frame = shown.shape[1] - 1
        question = each_once(
            shown, at_once, maker.image_alone, lambda reading: reading.scores(), True, maker.frame_steps
        )
        scores = ask(question)
        answer = scores[:, frame].argmax(axis=1)
        pixels = np.eye(scores.shape[2], start.shape[2]) if shown_as is None else shown_as
        said = np.concatenate([said, answer[:, None]], axis=1)
        shown = np.concatenate([shown, pixels[answer][:, None].astype(start.dtype)], axis=1)
    return said
