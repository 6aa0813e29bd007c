"""A bar that shows in Jupyter how far a training or a simulation has come."""

from __future__ import annotations

import math
import sys
import warnings
from importlib.util import find_spec
from typing import Any

from brainlearn.results.record import EpochRecord
from brainlearn.training.progress import Progress


class Bar:
    """Shows progress by a bar of tqdm: a `Watcher` of `run`, and a ``watch`` of `simulate`.

    Parameters
    ----------
    **settings : object
        As for ``tqdm.tqdm``, such as ``file``.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings, self._stage = settings, ""
        self._bar: Any = None  # of tqdm, which has no stubs

    def started(self, title: str, notes: tuple[str, ...]) -> None:
        """Say what begins."""
        self._say(title)
        for note in notes:
            self._say(note)

    def progress(self, progress: Progress) -> None:
        """Move the bar: one for each stage of an epoch."""
        stage = f"{progress.stage}, epoch {progress.epoch} of {progress.epochs}"
        self._move(progress.done, progress.total, "test" if progress.stage == "test" else stage)
        if self._bar is not None and not math.isnan(progress.error_percent):
            self._bar.set_postfix_str(f"error {progress.error_percent:.2f} %")

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """Show nothing more: the bar has the error."""

    def note(self, text: str) -> None:
        """Print a note above the bar."""
        self._say(text)

    def __call__(self, done: int, total: int) -> None:
        """Move the bar of a simulation, which counts time steps."""
        self._move(done, total, "time steps")

    def _move(self, done: int, total: int, stage: str) -> None:
        if self._bar is None or stage != self._stage:
            self._close()
            self._bar, self._stage = _tqdm()(total=total, desc=stage, **self._settings), stage
        self._bar.update(done - self._bar.n)
        if done >= total:
            self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def _say(self, text: str) -> None:
        _tqdm().write(text, **{key: each for key, each in self._settings.items() if key == "file"})


def _tqdm() -> Any:
    """Return the bar of the notebook, or of a terminal where ipywidgets are missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that says so
        from tqdm.auto import tqdm
    return tqdm


def bar_in_notebook() -> Bar | None:
    """Return a bar if the kernel of a notebook runs this process and tqdm is installed."""
    ipython = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return Bar() if hasattr(ipython, "kernel") and find_spec("tqdm") else None
