"""Live progress of runs, sweeps and verifications: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from brainlearn.cli.terminal import printable, say, terminal_console

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar

    from brainlearn.results.record import EpochRecord
    from brainlearn.sweep.progress import PointDone, SweepWatcher
    from brainlearn.training.progress import Progress, Watcher

PLAIN_EVERY = 10.0  # seconds between two lines of progress where there is no terminal

# ---- the words -----------------------------------------------------------------------------------------------------


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
    """Show the position in the run, and the time left."""
    if progress.stage == "test":
        return "test"
    left = f", {duration(progress.seconds_left)} left" if progress.stage == "training" else ""
    return f"epoch {progress.epoch}/{progress.epochs} {progress.stage}{left}"


def line(progress: Progress) -> str:
    """Describe progress and errors of the run in a line."""
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
    if record.episodes.copy:
        total, count = sum(record.episodes.total_reward), len(record.episodes.copy)
        text += f"  {count} episodes, reward {total / count:.4g}, latency {sum(record.episodes.latency) / count:.4g} s"
    if record.task_error_percent:
        errors = (f"{name} {error:.2f} %" for name, error in record.task_error_percent.items())
        text += f"  learned {record.task}, errors: {', '.join(errors)}"
    silent = {path: share for path, share in record.silent_percent.items() if share >= 1}
    if silent:
        text += "  silent units: " + ", ".join(f"{path} {share:.0f} %" for path, share in silent.items())
    return text


def outcome_of_point(point: PointDone) -> str:
    """Describe the outcome of a point of a sweep in one line."""
    if point.message:
        return f"{point.name}: no result: {point.message}"
    return f"{point.name}: {point.found}" if point.found else point.name


def beginning(done: int, total: int) -> str:
    """Describe what is left of a sweep."""
    if done == total:
        return "All points are already finished."
    return f"{done} of them are already finished." if done else ""


# ---- where they go -------------------------------------------------------------------------------------------------


class Output(Protocol):
    """Takes lines to keep, and a state that the next one replaces."""

    def say(self, text: str) -> None:
        """Show a line that stays."""

    def show(self, done: int, total: int, state: str, in_a_line: str = "") -> None:
        """Show the progress; `in_a_line` where only lines can be shown, nothing there if it is empty."""


class Lines:
    """Lines alone: every one that stays, and a sign of life every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def say(self, text: str) -> None:
        """Print the line."""
        self._last = time.monotonic()
        say(text)

    def show(self, done: int, total: int, state: str, in_a_line: str = "") -> None:
        """Print a line if the last is some seconds old."""
        if in_a_line and time.monotonic() - self._last >= PLAIN_EVERY:
            self.say(f"  {in_a_line}")


class Bar:
    """A bar with the state next to it; lines that stay go above it.

    Parameters
    ----------
    bar : rich.progress.Progress
    beginning : str
        What is shown before the first state.
    """

    def __init__(self, bar: RichBar, beginning: str) -> None:
        self._bar = bar
        self._task = bar.add_task(beginning, total=None)

    def say(self, text: str) -> None:
        """Print the line above the bar."""
        self._bar.console.print(text)

    def show(self, done: int, total: int, state: str, in_a_line: str = "") -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, total=total, description=printable(state))


class ShownRun:
    """A watcher of a run.

    Parameters
    ----------
    output : Output
    """

    def __init__(self, output: Output) -> None:
        self._output = output

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Show the title and the notes."""
        self._output.say(title)
        for note in notes:
            self.note(note)

    def progress(self, progress: Progress) -> None:
        """Show the progress."""
        self._output.show(progress.done, progress.total, f"{place(progress)}\n{state(progress)}", line(progress))

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Show the outcome of an epoch."""
        self._output.say(outcome(record, epochs))

    def note(self, text: str) -> None:
        """Show a note."""
        self._output.say(f"note: {text}")


class ShownSweep:
    """A watcher of a sweep.

    Parameters
    ----------
    output : Output
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._failed = 0

    def started(self, title: str, done: int, total: int) -> None:
        """Show the title and the remaining work."""
        for text in filter(None, (title, beginning(done, total))):
            self._output.say(text)
        self._output.show(done, total, "starting the workers")

    def point_done(self, point: PointDone) -> None:
        """Show the outcome of a point."""
        self._failed += bool(point.message)
        self._output.say(f"[{point.done}/{point.total}] {outcome_of_point(point)}")
        self._output.show(point.done, point.total, f"{self._failed} failed" if self._failed else "points")


# ---- the displays --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def display(quiet: bool) -> Iterator[Watcher]:
    """Show the progress of a run while the block runs; nothing if `quiet`."""
    from brainlearn.cli.unread import EndsUnread
    from brainlearn.training.progress import Silent

    if quiet:
        yield Silent()
        return
    with _output("building the circuit", bar_width=8, counted=False) as output:
        yield EndsUnread(ShownRun(output))


@contextlib.contextmanager
def sweep_display(quiet: bool) -> Iterator[SweepWatcher]:
    """Show the progress of a sweep while the block runs; nothing if `quiet`."""
    from brainlearn.sweep.progress import SilentSweep

    if quiet:
        yield SilentSweep()
        return
    with _output("sweep", bar_width=20) as output:
        yield ShownSweep(output)


@contextlib.contextmanager
def step_display(quiet: bool, beginning: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows the steps done, and their total; nothing if `quiet`."""
    if quiet:
        yield lambda done, steps: None
        return
    with _output(beginning, bar_width=20) as output:
        began = time.monotonic()

        def show(done: int, steps: int) -> None:
            nonlocal began
            if done == 0:  # what went before was building
                began = time.monotonic()
            left = (time.monotonic() - began) * (steps - done) / done if done else 0.0
            words = f", {duration(left)} left" if 0 < done < steps else ""
            output.show(done, steps, "steps", f"{done:,} of {steps:,} steps{words}")

        yield show


@contextlib.contextmanager
def _output(beginning: str, bar_width: int, counted: bool = True) -> Iterator[Output]:
    console = terminal_console()
    if not console.is_terminal:
        yield Lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counts = (MofNCompleteColumn(), TimeRemainingColumn()) if counted else ()
    columns = (BarColumn(bar_width=bar_width), *counts, TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as bar:
        yield Bar(bar, beginning)
