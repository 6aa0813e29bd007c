"""Live progress in a terminal; plain lines elsewhere."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from brainlearn.experiment.progress import Progress, Watcher
    from brainlearn.results.record import EpochRecord

PLAIN_EVERY = 10.0  # seconds between two lines of progress where there is no terminal


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def duration(seconds: float) -> str:
    """Write a time span for people.

    >>> duration(42), duration(3723), duration(float("nan"))
    ('42 s', '1 h 02 min', '?')
    """
    if math.isnan(seconds):
        return "?"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def state(progress: Progress) -> str:
    """Describe the state of a run in a few words."""
    parts = [f"{progress.per_second:,.0f} presentations/s"]
    if not math.isnan(progress.goodness_positive):
        parts.append(f"goodness {progress.goodness_positive:.3g} (+) {progress.goodness_negative:.3g} (-)")
    if not math.isnan(progress.loss):
        parts.append(f"loss {progress.loss:.3g}")
    if not math.isnan(progress.error_percent):
        parts.append(f"error {progress.error_percent:.2f} %")
    return ", ".join(parts)


def place(progress: Progress) -> str:
    """Tell where in the run it is, and how long it will take."""
    if progress.stage == "test":
        return "test"
    left = f", {duration(progress.seconds_left)} left" if progress.stage == "training" else ""
    return f"epoch {progress.epoch}/{progress.epochs} {progress.stage}{left}"


def line(progress: Progress) -> str:
    """Say in a line how far the run is and how it does."""
    return f"{place(progress)}, {100 * progress.done / progress.total:.0f} % done: {state(progress)}"


def outcome(record: EpochRecord, epochs: int) -> str:
    """Describe a finished epoch in one line."""
    text = f"epoch {record.epoch:3d}/{epochs}  {record.seconds:5.1f} s"
    if record.goodness_positive:
        positive = sum(record.goodness_positive.values()) / len(record.goodness_positive)
        negative = sum(record.goodness_negative.values()) / max(len(record.goodness_negative), 1)
        text += f"  goodness {positive:.4f} (+) {negative:.4f} (-)"
    if not math.isnan(record.loss):
        text += f"  loss {record.loss:.4f}"
    if not math.isnan(record.validation_error_percent):
        text += f"  validation error {record.validation_error_percent:.2f} %"
        if not math.isnan(record.one_pass_error_percent):
            text += f" (one pass {record.one_pass_error_percent:.2f} %)"
    silent = {path: share for path, share in record.silent_percent.items() if share >= 1}
    if silent:
        text += "  silent units: " + ", ".join(f"{path} {share:.0f} %" for path, share in silent.items())
    return text


class PlainLines:
    """One line an epoch, and a sign of life every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Print the title and the notes."""
        say(title)
        for note in notes:
            self.note(note)

    def progress(self, progress: Progress) -> None:
        """Print a line if the last is some seconds old."""
        if time.monotonic() - self._last < PLAIN_EVERY:
            return
        self._last = time.monotonic()
        say(f"  {line(progress)}")

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Print the outcome."""
        self._last = time.monotonic()
        say(outcome(record, epochs))

    def note(self, text: str) -> None:
        """Print the note."""
        say(f"note: {text}")


class LiveBar:
    """A progress bar with the state of the run beside it.

    Parameters
    ----------
    bar : rich.progress.Progress
    """

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("building the circuit", total=None, state="")

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Print the title and the notes above the bar."""
        self._bar.console.print(title, markup=False)
        for note in notes:
            self.note(note)

    def progress(self, progress: Progress) -> None:
        """Move the bar."""
        self._bar.update(
            self._task,
            description=place(progress),
            total=progress.total,
            completed=progress.done,
            state=state(progress),
        )

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Print the outcome above the bar."""
        self._bar.console.print(outcome(record, epochs), markup=False, highlight=False)

    def note(self, text: str) -> None:
        """Print the note above the bar."""
        self._bar.console.print(f"note: {text}", markup=False)


@contextlib.contextmanager
def display(quiet: bool) -> Iterator[Watcher]:
    """Show progress while the block runs: nothing if `quiet`, a bar in a terminal, plain lines elsewhere."""
    from brainlearn.cli.unread import EndsUnread
    from brainlearn.experiment.progress import Silent

    if quiet:
        yield Silent()
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        yield EndsUnread(PlainLines())
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(bar_width=8), TextColumn("{task.description}\n{task.fields[state]}", markup=False))
    with Progress(*columns, console=console, transient=True) as bar:
        yield EndsUnread(LiveBar(bar))
