"""Saves a run between two rounds, and ends it there on request."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from brainlearn.brian.share import ALONE, Share
from brainlearn.mistakes import UserError
from brainlearn.results.checkpoint import save_checkpoint
from brainlearn.results.record import RunRecord
from brainlearn.results.record_text import record_to_json
from brainlearn.running.signals import handled
from brainlearn.saved_state import Arrays
from brainlearn.training.course import Course

MOST = 0.018  # share of the time that may go into saving; the next may take a little longer than the last
AT_ONCE = 1.0  # seconds after which a second Ctrl-C is no echo of the first


@dataclass
class Position:
    """The state of a run, in addition to its record and its course.

    Parameters
    ----------
    aligned : int
        After how many epochs changes were last compared with gradients; -1: not yet.
    trained : bool
        Whether only the test is left.
    """

    aligned: int = -1
    trained: bool = False


@dataclass(frozen=True)
class Saved:
    """Where a run continues from.

    Parameters
    ----------
    record : dict
        As from `brainlearn.results.record_text.record_to_json`.
    position : Position
    arrays : dict of str to array
        The state of the course.
    """

    record: Any
    position: Position
    arrays: Arrays


@dataclass(frozen=True)
class Origin:
    """What identifies a run: it can continue only unchanged.

    Parameters
    ----------
    experiment, circuit : str
        The files of the run folder, as text.
    baseline : str or None
        Its name, if it is no run of the rule.
    data, wiring : str
        Hashes of the dataset, and of masks and initial weights.
    """

    experiment: str
    circuit: str
    baseline: str | None
    data: str
    wiring: str


def origin_of(course: Course, circuit_name: str) -> Origin:
    """Return the next step of a course that has not begun yet."""
    experiment, learner = course.experiment, course.learner
    synapses = [each for name in learner.learning() for each in (learner.weights(name), learner.mask(name))]
    return Origin(
        experiment.text_in_run_folder(circuit_name),
        experiment.circuit_text,
        learner.baseline,
        course.data_sha256,
        _digest(*(each for each in synapses if each is not None)),
    )


def _digest(*arrays: np.ndarray) -> str:
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.shape}{array.dtype}".encode())
        found.update(np.ascontiguousarray(array).data.cast("B"))
    return found.hexdigest()


class Checkpoints:
    """The pauses of a run that is saved: after every epoch, every few minutes, and on a request to end.

    Saving takes at most a fiftieth of the time: where epochs are so short that it would take more, not every epoch
    is saved. What cannot be written (a full disk) is said, and tried again later.

    Parameters
    ----------
    folder : Path
        The run folder.
    origin : Origin
    minutes : float
        From one checkpoint to the next within an epoch; 0: none there.
    share : Share
        Several processes save at the same ends of epochs, each its own copies, and end at once when asked to.
    """

    def __init__(self, folder: Path, origin: Origin, minutes: float, share: Share = ALONE) -> None:
        self.folder, self.origin, self.share = folder, origin, share
        self.minutes = minutes if share.size == 1 else 0.0
        self.seconds = 0.0  # that went into saving
        self.asked = False
        self._asked_at = -np.inf
        self._cannot = False  # nothing can be saved, so there is nothing to wait for
        self._saved_at, self._cost = time.perf_counter(), 0.0
        self._kept: tuple[dict[str, Any], Arrays] | None = None

    def attach(self, course: Course, record: RunRecord, position: Position, train_seconds: Callable[[], float]) -> None:
        """Attach to a course.

        Parameters
        ----------
        course : Course
        record : RunRecord
        position : Position
            Go into every checkpoint as they are then.
        train_seconds : callable
            Returns for how long the run has trained [s].
        """
        self._course, self._record, self._position = course, record, position
        self._train_seconds = train_seconds
        if why := course.learner.why_not_saved():
            self._cannot = True
            self._say(f"no checkpoints: {why}")
        else:
            course.pauses = self

    # ---- pauses --------------------------------------------------------------------------------------------------

    def between_rounds(self) -> None:
        """Save if it is due, or if the run is to end, which it then does by KeyboardInterrupt."""
        if self.asked:
            self.save()
            raise KeyboardInterrupt
        if self.minutes and self._due(60 * self.minutes):
            self.save()

    def before_answers(self) -> None:
        """Keep the state as it is now."""
        self._kept = self._about(), {name: np.array(array) for name, array in self._course.state().items()}

    def while_answering(self) -> None:
        """Save the state that was kept, and end the run, on request."""
        if self.asked:
            self.write_kept()
            raise KeyboardInterrupt

    def epoch_over(self) -> None:
        """Save the outcome of an epoch; if the last checkpoint is too recent, keep it until the next."""
        if self._course.pauses is not self:
            return
        due = self._due(0.0)
        if self.share.size > 1:
            due = self.share.total(int(due and self.share.rank == 0)) > 0  # the first process decides for all
        if due:
            self.save()
        elif self.share.size == 1:
            self.before_answers()
        self.while_answering()

    # ---- saving --------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the state as it is now."""
        began = time.perf_counter()
        self._write(self._about(), self._course.state(), began)

    def write_kept(self) -> None:
        """Write the state that was kept, if it is newer than the last checkpoint."""
        if self._kept is not None:
            self._write(*self._kept, time.perf_counter())

    def _about(self) -> dict[str, Any]:
        record = {**record_to_json(self._record), "train_seconds": self._train_seconds()}
        state = {"origin": asdict(self.origin), "position": asdict(self._position), "record": record}
        return {**state, "processes": self.share.size}

    def _write(self, about: dict[str, Any], arrays: Arrays, began: float) -> None:
        try:
            save_checkpoint(self.folder, about, arrays)
        except UserError as error:
            self._say(f"a checkpoint could not be written: {error.mistakes[0].found}")
        self._kept, self._saved_at = None, time.perf_counter()
        self._cost = self._saved_at - began
        self.seconds += self._cost

    def _due(self, after: float) -> bool:
        since = time.perf_counter() - self._saved_at
        return since >= after and since * MOST >= self._cost

    def _say(self, text: str) -> None:
        if text not in self._record.notes:
            self._record.notes.append(text)
            self._course.watcher.note(text)

    # ---- ending --------------------------------------------------------------------------------------------------

    def ask(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Ask the run to end after this round; a second time, if it cannot be saved or is one of several: at once."""
        now = time.perf_counter()
        if self._cannot or self.share.size > 1 or (self.asked and now - self._asked_at > AT_ONCE):
            raise KeyboardInterrupt
        if not self.asked:
            self.asked, self._asked_at = True, now

    def ends_on_signals(self) -> AbstractContextManager[None]:
        """Let Ctrl-C, SIGTERM and SIGHUP ask for the end within the block, in the main thread."""
        return handled(self.ask)
