"""Spikes in transit as lines save them, without those of copies that start over."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from brainlearn.saved_state import Arrays


class SpikeLine(Protocol):
    """What holds spikes in transit, ``copy * units + unit``."""

    def state(self) -> Arrays:
        """Return them as ``spikes``, with all that belongs to each in the last axis of other arrays."""

    def restore(self, saved: Arrays, *about: Any) -> None:
        """Restore what `state` returned."""


def forget_copies(line: SpikeLine, gone: np.ndarray, units: int, *about: Any) -> None:
    """Discard the spikes of some copies that are in transit.

    Parameters
    ----------
    line : SpikeLine
    gone : (copy,) bool array
    units : int
        Of a copy of the source.
    *about : object
        What `restore` of the line asks for.
    """
    saved = line.state()
    kept = ~gone[saved["spikes"] // units]
    if kept.all():
        return
    found = {name: each if name == "lengths" else each[..., kept] for name, each in saved.items()}
    if "lengths" in saved:  # how many were sent in each step
        steps = np.repeat(np.arange(len(saved["lengths"])), saved["lengths"])
        found["lengths"] = np.bincount(steps[kept], minlength=len(saved["lengths"]))
    line.restore(found, *about)
