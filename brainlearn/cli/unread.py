"""Output that nobody reads any more, as after ``brainlearn run ... | head``: the run ends as by Ctrl-C, and says so."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from brainlearn.cli.terminal import say

if TYPE_CHECKING:
    from brainlearn.results.record import EpochRecord
    from brainlearn.training.progress import Progress, Watcher


def say_nothing_more() -> None:
    """Discard pending standard output that nobody reads."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def to_standard_error() -> None:
    """Write there from now on, since nobody reads the standard output any longer."""
    say_nothing_more()
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):
        say("The output was closed: stopping as after Ctrl-C.")


class EndsUnread:
    """Asks a run to end, as by Ctrl-C, when its output cannot be written any longer; shows nothing from then on.

    Parameters
    ----------
    shown : Watcher
    """

    def __init__(self, shown: Watcher) -> None:
        self._shown: Watcher | None = shown

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Show the title and the notes."""
        self._show(lambda shown: shown.started(title, notes))

    def progress(self, progress: Progress) -> None:
        """Show the progress."""
        self._show(lambda shown: shown.progress(progress))

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Show the outcome."""
        self._show(lambda shown: shown.epoch_done(record, epochs))

    def note(self, text: str) -> None:
        """Show the note."""
        self._show(lambda shown: shown.note(text))

    def _show(self, show: Callable[[Watcher], None]) -> None:
        if self._shown is None:
            return
        try:
            show(self._shown)
        except (OSError, SystemExit):  # a console of rich ends the program when a pipe is closed
            self._shown = None
            to_standard_error()
            signal.raise_signal(signal.SIGINT)
