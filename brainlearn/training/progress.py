"""What a run tells whoever watches it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from brainlearn.results.record import EpochRecord


@dataclass(frozen=True)
class Progress:
    """How far an epoch, or a test, has come.

    Parameters
    ----------
    stage : str
        ``"training"``, ``"validation"`` or ``"test"``.
    epoch, epochs : int
        Current epoch, counted from 1, and how many there will be.
    done, total : int
        Rounds of this stage.
    per_second : float
        Presentations per second so far in this stage.
    goodness_positive, goodness_negative : float
        Running means over the populations read out [1]; nan before the first round.
    error_percent : float
        Error so far in this stage, or of the last validation [percent]; nan if none yet.
    seconds_left : float
        For the whole run; nan while unknown.
    loss : float
        Running mean of the training loss [nat]; nan for rules that have none.
    """

    stage: str
    epoch: int
    epochs: int
    done: int
    total: int
    per_second: float
    goodness_positive: float
    goodness_negative: float
    error_percent: float
    seconds_left: float
    loss: float = math.nan


class Watcher(Protocol):
    """Something that shows progress."""

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Be told what begins, and what the reader should know."""

    def progress(self, progress: Progress) -> None:
        """Be told how far it has come; called many times a second at most."""

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Be told the outcome of an epoch."""

    def note(self, text: str) -> None:
        """Be told something that the reader should know."""


class Silent:
    """Shows nothing."""

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Show nothing."""

    def progress(self, progress: Progress) -> None:
        """Show nothing."""

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""
