"""A watcher that keeps the status file of a run, and passes on what it receives."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from pydantic import TypeAdapter, ValidationError

from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.results.record import EpochRecord
from brainlearn.results.run_folder import RunFolder
from brainlearn.running.live_view import LiveView
from brainlearn.training.progress import Progress, Watcher

EVERY = 1.0  # seconds between two statuses at least
LAST_EPOCHS = 20  # whose outcomes a status holds
OPTIONAL = ("progress", "cost")


class StatusWatcher:
    """Writes the progress of a run, at most once a second.

    Parameters
    ----------
    shown : Watcher
        Receives everything too.
    """

    def __init__(self, shown: Watcher) -> None:
        self._shown = shown
        self._folder: RunFolder | None = None
        self._last = -EVERY
        self._live: LiveView | None = None
        self._status: dict[str, Any] = {"title": "", "notes": [], "progress": None, "epochs": 0, "outcomes": []}

    def open(self, folder: RunFolder) -> None:
        """Write into this folder from now on: it belongs to the run."""
        self._folder = folder
        self._write()

    def show(self, live: LiveView) -> None:
        """Write what the circuit does, too."""
        self._live = live

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Keep title and notes."""
        self._status |= {"title": title, "notes": list(notes)}
        self._shown.started(title, notes)

    def progress(self, progress: Progress) -> None:
        """Write the progress, if the last status is a second old."""
        if self._due():
            self._status["progress"] = dataclasses.asdict(progress)
            self._write()
        if self._live is not None:
            self._live.look()
        self._shown.progress(progress)

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Keep the outcome; it is written now, or with the next status."""
        small = dataclasses.replace(record, episodes=EpisodesRecord(), cost=None)  # a status is written every second
        outcomes = [*self._status["outcomes"], dataclasses.asdict(small)]
        self._status |= {"epochs": epochs, "outcomes": outcomes[-LAST_EPOCHS:]}
        if self._due():
            self._write()
        if self._live is not None:
            self._live.epoch_done(record)
        self._shown.epoch_done(record, epochs)

    def note(self, text: str) -> None:
        """Keep the note."""
        self._status["notes"] = [*self._status["notes"], text]
        self._shown.note(text)

    def _due(self) -> bool:
        return time.monotonic() - self._last >= EVERY

    def _write(self) -> None:
        if self._folder is not None:
            self._last = time.monotonic()
            self._folder.write_status(self._status | {"written": time.time()})


@dataclasses.dataclass(frozen=True)
class Status:
    """The content of a status file.

    Parameters
    ----------
    title : str
    notes : list of str
    progress : Progress or None
        None before the first round.
    epochs : int
        How many there will be; 0 before the first has ended.
    outcomes : list of EpochRecord
        Of the last epochs.
    written : float
        When, in seconds since 1970.
    """

    title: str
    notes: list[str]
    progress: Progress | None
    epochs: int
    outcomes: list[EpochRecord]
    written: float


_STATUS = TypeAdapter(Status)


def status_of(folder: RunFolder) -> Status | None:
    """Read the status file of a run folder; None if there is none that can be read."""
    found = folder.read_status()
    try:
        return None if found is None else _STATUS.validate_python(_with_nan(found))
    except ValidationError:
        return None


def _with_nan(value: Any) -> Any:
    """Return JSON's null as the number that it was written for, except where nothing is allowed."""
    if isinstance(value, dict):
        return {key: None if key in OPTIONAL and each is None else _with_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_nan(each) for each in value]
    return float("nan") if value is None else value
