"""What a task is: the rounds that are shown, what each leaves behind, and how answers are read and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan
from typing import Protocol

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.share import Share
from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays


class Reading(Protocol):
    """What a task may read of a learner at the end of a round; rows are the copies that the round filled, or more.

    Attributes
    ----------
    share : Share
        Which copies this process holds: "own" rows are only those, and to read them waits for no other process.
    """

    share: Share

    def activity(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last phase, (copy, unit): spikes per step, or its output."""

    def own_activity(self, path: str) -> np.ndarray:
        """Return the same, (own copy, unit)."""

    def passed_on(self, path: str) -> np.ndarray:
        """Return the output of a population, scaled to a root mean square of about 1, (copy, unit)."""

    def own_passed_on(self, path: str) -> np.ndarray:
        """Return the same, (own copy, unit)."""

    def goodness(self, path: str) -> np.ndarray:
        """Return the goodness of a population over the steps that count, (copy,); a UserError if there is none."""

    def scores(self) -> np.ndarray:
        """Return what the outputs say of every class, (copy, class); a UserError if there are no outputs."""


class Rounds(Protocol):
    """The rounds of one epoch.

    Attributes
    ----------
    count : int
        Rounds in the epoch.
    shown : int
        Presentations of a round from which is learned.
    watched : slice
        Copies whose activity is tallied.
    contrast : (slice, slice) or None
        Copies with positive and with negative presentations, whose goodness is tallied.
    """

    @property
    def episodes(self) -> EpisodesRecord:
        """Episodes that ended in this epoch, in an environment."""

    count: int
    shown: int
    watched: slice
    contrast: tuple[slice, slice] | None

    def __iter__(self) -> Iterator[Round]:
        """Yield what is left of the epoch; each round is made when it is asked for, and may depend on the last."""

    def after_round(self, reading: Reading, shown: Round, factor: float | None) -> None:
        """Take from a round that just ended what later rounds and answers need.

        Parameters
        ----------
        reading : Reading
        shown : Round
        factor : float or None
            Of the step size of whatever the task itself learns; None: nothing may learn.
        """

    def state(self) -> Arrays:
        """Return all that decides which rounds are left."""

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun; ForeignState if it was one of other items."""


@dataclass(frozen=True)
class Question:
    """Rounds without learning, each followed by a look at the circuit.

    Parameters
    ----------
    rounds : iterator of Round
    count, at_once : int
        How many rounds there are, and presentations in one.
    items : int
        How many items the answer is about.
    read : callable
        Returns what a round says of its items, (item, ...).
    until_answer : bool
        Whether a presentation ends with the last step that counts for the answer; else it goes through all phases.
    told : bool
        Whether progress is told: a stage counts its rounds once, and quick questions go with the long one.
    """

    rounds: Iterator[Round]
    count: int
    at_once: int
    items: int
    read: Callable[[Reading], np.ndarray]
    until_answer: bool = False
    told: bool = True


Ask = Callable[[Question], np.ndarray]  # shows the rounds of a question and returns the answer, (item, ...)


@dataclass(frozen=True)
class Validation:
    """How wrong the answers on validation items are.

    Parameters
    ----------
    error_percent : float
        Of the answer [percent].
    one_pass_error_percent : float
        Of the one-pass readout, if it is another one [percent]; else nan.
    mean_squared_error : float
        Of values [1]; nan where classes are asked for.
    """

    error_percent: float
    one_pass_error_percent: float = nan
    mean_squared_error: float = nan


@dataclass(frozen=True)
class Examples:
    """A few presentations to record.

    Parameters
    ----------
    round : Round
    true_label, shown_label : (presentation,) array of int
        Of its first copies; a label of -1 is not shown.
    """

    round: Round
    true_label: np.ndarray
    shown_label: np.ndarray


class Task(Protocol):
    """What is shown and what counts as right; see the files beside this one.

    A task is built for one learner: it knows how many presentations that shows at once. What a task learns itself, as
    readouts besides the circuit, belongs to its state.
    """

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Rounds:
        """Return the rounds of an epoch.

        Parameters
        ----------
        images, labels : arrays
            The training items: (item, pixel), or (item, frame, pixel); and their classes, (item,), or values of
            outputs, (item, unit) or (item, frame, unit).
        rng : Generator
            Draws their order, and whatever else is drawn while the rounds are shown.
        """

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell how wrong the answers for (item, pixel) images are, as fast as possible."""

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer for (item, pixel) images by every readout that there is."""

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return a few of the (item, pixel) images as they are shown for learning."""

    def state(self) -> Arrays:
        """Return what the task itself has learned."""

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another task."""
