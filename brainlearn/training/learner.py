"""What trains: the circuit with its rule in Brian2, or backpropagation through the mirror."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from brainlearn.experiment.loading import Experiment
from brainlearn.results.record import AlignmentRecord, EpochRecord, SpikeRecord, TestRecord
from brainlearn.saved_state import Arrays
from brainlearn.stimuli import Dataset
from brainlearn.training.pauses import Pauses
from brainlearn.training.progress import Watcher


class Machine(Protocol):
    """A circuit that learns epoch by epoch and is tested.

    Attributes
    ----------
    engine, rule : str
        ``"brian"`` or ``"mirror"``, and the name of the rule or baseline.
    epochs : int
        How many it trains for.
    presentations : int
        Shown for learning until now.
    pauses : Pauses
        Is told after every round.
    """

    experiment: Experiment
    dataset: Dataset
    watcher: Watcher
    engine: str
    rule: str
    epochs: int
    presentations: int
    pauses: Pauses

    def epoch(self, number: int) -> EpochRecord:
        """Train for one epoch (counted from 0), or for what is left of it, validate, and return its record."""

    def test(self, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Answer for (item, pixel) images."""

    def record_spikes(self, images: np.ndarray, labels: np.ndarray) -> dict[str, SpikeRecord]:
        """Note every spike while a few of the (item, pixel) images are shown; empty where nothing spikes."""

    def learning(self) -> tuple[str, ...]:
        """Return the names of the projections that learn."""

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of a projection; perhaps a view."""

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs a projection connects, (pre, post) bool; None if all."""

    def not_finite(self) -> Iterable[str]:
        """Yield a note for weights and states that are no longer finite numbers."""

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        """Return the sizes of all populations but stimuli, by path, and which of them spike."""

    def align(self, number: int) -> Iterable[AlignmentRecord]:
        """Compare the rule's changes with gradients after `number` epochs, if that was asked for."""

    def why_not_saved(self) -> str:
        """Tell why its state cannot be saved whole; nothing if it can."""

    def state(self) -> Arrays:
        """Return all that decides how it goes on, between two rounds of learning or two epochs; perhaps views."""

    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another experiment."""


def error_percent(prediction: np.ndarray, labels: np.ndarray) -> float:
    """Return how many of the (item,) predictions are wrong [percent]."""
    return 100.0 * float(np.mean(prediction != labels))


def step_factor(schedule: str, epoch: int, epochs: int, within: float) -> float:
    """Return the factor of the step size.

    Parameters
    ----------
    schedule : "constant", "linear" or "linear_half"
        The second falls linearly to 0, the third does so over the second half of training (as Hinton's published
        program).
    epoch, epochs : int
        Epoch counted from 0, and how many there are.
    within : float
        Share of the epoch that is over.
    """
    left = max(0.0, 1.0 - (epoch + within) / epochs)
    return {"constant": 1.0, "linear": left, "linear_half": min(1.0, 2.0 * left)}[schedule]
