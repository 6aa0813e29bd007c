"""What a run reports to its watchers."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Protocol

from brainlearn.results.record import EpochRecord

SHOW_EVERY = 0.2  # seconds between two signs of progress
UNKNOWN = math.nan, math.nan


@dataclass(frozen=True)
class Progress:
    """The progress of an epoch, or of a test.

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
        """Show the start of a stage, with notes for the reader."""

    def progress(self, progress: Progress) -> None:
        """Show progress; called many times a second at most."""

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Show the outcome of an epoch."""

    def note(self, text: str) -> None:
        """Show a note for the reader."""


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


class ProgressTeller:
    """Reports progress to a watcher, a few times a second.

    Parameters
    ----------
    watcher : Watcher
    epochs : int
        How many there will be.
    """

    def __init__(self, watcher: Watcher, epochs: int) -> None:
        self._watcher, self._epochs = watcher, epochs
        self._began, self._shown = time.perf_counter(), 0.0

    def seconds(self) -> float:
        """Return how long the run has taken so far [s]."""
        return time.perf_counter() - self._began

    def go_on(self, seconds: float) -> None:
        """Count on from `seconds`, of earlier sittings."""
        self._began = time.perf_counter() - seconds

    def tell(
        self,
        stage: str,
        number: int | None,
        done: int,
        total: int,
        at_once: int,
        start: float,
        error: float,
        goodness: tuple[float, float] = UNKNOWN,
        loss: float = math.nan,
    ) -> None:
        """Report progress, if the last report is long enough ago or the stage is over.

        Parameters
        ----------
        stage : str
        number : int, optional
            Current epoch, counted from 0.
        done, total : int
            Rounds.
        at_once : int
            Presentations in a round.
        start : float
            When the stage began, by `time.perf_counter`.
        error : float
            Of the last validation [percent].
        goodness : (float, float)
            Of positive and of negative presentations so far.
        loss : float
            Mean so far.
        """
        now = time.perf_counter()
        if now - self._shown < SHOW_EVERY and done < total:
            return
        self._shown = now
        epoch = self._epochs if number is None else number + 1
        share = (epoch - 1 + done / total) / self._epochs if stage == "training" else epoch / self._epochs
        left = (now - self._began) * (1 - share) / share if share > 0 else math.nan
        per_second = done * at_once / max(now - start, 1e-9)
        self._watcher.progress(
            Progress(stage, epoch, self._epochs, done, total, per_second, *goodness, error, left, loss)
        )
