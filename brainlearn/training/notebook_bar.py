"""A bar that shows in Jupyter how far a training or a simulation has come."""

from __future__ import annotations

import math
import sys
import warnings
from importlib.util import find_spec
from typing import Any

from brainlearn.results.record import EpochRecord
from brainlearn.training.progress import Progress

EPOCHS = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f} of {total} epochs, {elapsed}<{remaining}{postfix}"


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
        """Move the bar: one for the training with its validations, one for the test."""
        if progress.stage == "test":
            self._move(progress.done, progress.total, "test")
        else:
            begun = progress.done / progress.total if progress.stage == "training" else 1.0
            self._move(progress.epoch - 1 + begun, progress.epochs, "training", EPOCHS, done=False)
        if self._bar is not None and not math.isnan(progress.error_percent):
            self._bar.set_postfix_str(f"error {progress.error_percent:.2f} %")

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        """End the bar after the last epoch."""
        if record.epoch >= epochs:
            self._close()

    def note(self, text: str) -> None:
        """Print a note above the bar."""
        self._say(text)

    def __call__(self, done: int, total: int) -> None:
        """Move the bar of a simulation, which counts time steps."""
        self._move(done, total, "time steps")

    def _move(self, n: float, total: int, stage: str, form: str | None = None, done: bool = True) -> None:
        if self._bar is None or stage != self._stage:
            self._close()
            self._bar = _tqdm()(total=total, desc=stage, bar_format=form, **self._settings)
            self._stage = stage
        self._bar.update(n - self._bar.n)
        if done and n >= total:
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
