"""``brainlearn watch``: follow a run in another terminal, or on another machine with the same folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brainlearn.cli.display import duration, line
from brainlearn.cli.terminal import say

if TYPE_CHECKING:
    from brainlearn.results.run_folder import RunFolder, Unfinished
    from brainlearn.running.status import Status
    from brainlearn.training.progress import Watcher

LOOK_EVERY = 0.5  # seconds
BETWEEN = 10.0  # seconds that nobody may hold the folder while a run goes from the rule to its baselines
AFTERWARDS = 3.0  # seconds in which a page learns that the run has ended
OVERDUE = 60.0  # seconds without a sign of life after which a run on another machine is doubted


def watch(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    once: Annotated[bool, typer.Option("--once", help="Show the current state and exit.")] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help="Also show the circuit at work on a page for browsers on this machine.")
    ] = False,
    port: Annotated[int, typer.Option(help="For --browser: port on 127.0.0.1; default: a free one.")] = 0,
) -> None:
    """Follow a run in another terminal until it ends; reports a crashed run."""
    from brainlearn.cli.display import display
    from brainlearn.results.run_folder import RunFolder

    trouble, folder = "", RunFolder(run)
    if folder.unfinished() is not None:  # raises where there is no run
        with display(quiet=False) as shown, page_of(folder, port) if browser and not once else nullcontext():
            trouble = _once(folder, shown) if once else _follow(folder, shown)
    if folder.unfinished() is None:
        say(f"{run} has ended{_outcome(run)}.")
    elif trouble:
        say(f"{trouble} Resume it with: brainlearn resume {run}")
        raise typer.Exit(1)


@contextmanager
def page_of(run: RunFolder, port: int) -> Iterator[None]:
    """Serve the page of a run while the block runs, and for a moment after it, in which the page learns of the end."""
    import webbrowser

    from brainlearn.experiment.loading import load_experiment
    from brainlearn.live.server import served
    from brainlearn.live.state import drawing_of, state_of

    drawing = drawing_of(load_experiment(run.experiment).circuit)

    def state() -> dict[str, Any]:
        unfinished = run.unfinished()
        return state_of(run, run if unfinished is None else part_of(run, unfinished), drawing)

    with served(state, port) as address:
        say(f"Page: {address} (this machine only; Ctrl-C ends it)")
        if has_window():
            webbrowser.open(address)
        yield
        if run.unfinished() is None:
            time.sleep(AFTERWARDS)


def has_window() -> bool:
    """Tell whether a browser would open a window; browsers for terminals would take this one."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _once(run: RunFolder, shown: Watcher) -> str:
    """Show the state of a run, and return what is wrong if it has stopped."""
    from brainlearn.running.status import status_of

    if (unfinished := run.unfinished()) is None:
        return ""
    part = part_of(run, unfinished)
    _Told(shown).tell(part)
    status = status_of(part)
    if status is not None and status.progress is not None:
        say(line(status.progress))
    return trouble_of(run, part)


def _follow(run: RunFolder, shown: Watcher) -> str:
    """Show a run until it ends, and return what is wrong if it has stopped."""
    told = _Told(shown)
    left_at: float | None = None
    while (unfinished := run.unfinished()) is not None:
        part = part_of(run, unfinished)
        told.tell(part)
        trouble = trouble_of(run, part)
        if not trouble:
            left_at = None
        elif run.holder() or part.holder():
            return trouble
        else:
            left_at = left_at or time.monotonic()
            if time.monotonic() - left_at > BETWEEN:
                return trouble
        time.sleep(LOOK_EVERY)
    return ""


def part_of(run: RunFolder, unfinished: Unfinished) -> RunFolder:
    """Return the folder where a run continues now: its own, or that of one of its baselines."""
    if not unfinished.ended:
        return run
    from brainlearn.regular_file import is_folder

    left = [part for part in map(run.baseline, unfinished.then) if not part.ended]
    begun = [part for part in left if is_folder(part.path)]
    return begun[0] if begun else run


def trouble_of(run: RunFolder, part: RunFolder) -> str:
    """Say why a run has stopped, of which `part` was at work; nothing if a process works there."""
    from brainlearn.running.status import status_of

    holder, status = part.holder() or run.holder(), status_of(part)
    age = max(time.time() - status.written, 0.0) if status is not None else float("nan")
    last = f"; its last status is {duration(age)} old" if status is not None else ""
    if holder is None:
        return f"{run}: no process works on this run: it was stopped{last}."
    if holder.alive is False:
        return f"{run}: process {holder.process} ended unexpectedly{last}."
    if holder.alive is None and age > OVERDUE:
        return f"{run}: process {holder.process} on {holder.host} cannot be seen from here{last}."
    return ""


def _outcome(run: Path) -> str:
    """Describe the result."""
    from brainlearn.cli.summary import find_summary
    from brainlearn.results.read_summary import outcome

    words = outcome(find_summary(run))
    return f": {words}" if words else ""


class _Told:
    """Passes on what is new in the status files of a run."""

    def __init__(self, shown: Watcher) -> None:
        self._shown = shown
        self._part: RunFolder | None = None
        self._notes = 0
        self._epoch = 0
        self._written = 0.0

    def tell(self, part: RunFolder) -> None:
        """Show what is new in the status of this part."""
        from brainlearn.running.status import status_of

        status = status_of(part)
        if status is None:
            return
        if part != self._part:
            self._part, self._notes, self._epoch, self._written = part, len(status.notes), 0, 0.0
            self._shown.started(status.title, tuple(status.notes))
        if status.written > self._written:
            self._written = status.written
            self._tell(status)

    def _tell(self, status: Status) -> None:
        for note in status.notes[self._notes :]:
            self._shown.note(note)
        self._notes = len(status.notes)
        for outcome in status.outcomes:
            if outcome.epoch > self._epoch:
                self._epoch = outcome.epoch
                self._shown.epoch_done(outcome, status.epochs)
        if status.progress is not None:
            self._shown.progress(status.progress)
