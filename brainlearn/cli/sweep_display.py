"""Live progress of a sweep in a terminal; a line for each point elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from brainlearn.cli.display import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from brainlearn.sweep.progress import PointDone, SweepWatcher


def outcome(point: PointDone) -> str:
    """Describe the outcome of a point in one line."""
    if point.message:
        return f"{point.name}: no result: {point.message}"
    error = "" if point.error_percent is None else f": test error {point.error_percent:.2f} %"
    return f"{point.name}{error}"


def beginning(done: int, total: int) -> str:
    """Say what is left to do."""
    if done == total:
        return "All points are there already."
    return f"{done} of them are there already." if done else ""


class PlainLines:
    """One line for each point."""

    def started(self, title: str, done: int, total: int) -> None:
        """Print the title."""
        say(title)
        if text := beginning(done, total):
            say(text)

    def point_done(self, point: PointDone) -> None:
        """Print the outcome."""
        say(f"[{point.done}/{point.total}] {outcome(point)}")


class LiveBar:
    """A bar of all points, and what the last one gave.

    Parameters
    ----------
    bar : rich.progress.Progress
    """

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("sweep", total=None, last="")
        self._failed = 0

    def started(self, title: str, done: int, total: int) -> None:
        """Print the title above the bar."""
        for text in filter(None, (title, beginning(done, total))):
            self._bar.console.print(text, markup=False, highlight=False)
        self._bar.reset(self._task, total=total, completed=done, last="starting the workers")

    def point_done(self, point: PointDone) -> None:
        """Move the bar; print what failed above it."""
        if point.message:
            self._failed += 1
            self._bar.console.print(outcome(point), markup=False, highlight=False)
        failed = f"{self._failed} failed; " if self._failed else ""
        self._bar.update(self._task, completed=point.done, last=f"{failed}last: {outcome(point)}")


@contextlib.contextmanager
def sweep_display(quiet: bool) -> Iterator[SweepWatcher]:
    """Show progress while the block runs: nothing if `quiet`, a bar in a terminal, plain lines elsewhere."""
    from brainlearn.sweep.progress import SilentSweep

    if quiet:
        yield SilentSweep()
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        yield PlainLines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield LiveBar(bar)
