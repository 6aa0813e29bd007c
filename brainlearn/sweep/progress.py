"""What a sweep reports to its watchers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class PointDone:
    """A point that was computed, or failed.

    Parameters
    ----------
    name : str
        Of its run folder.
    message : str
        Why it has no result; empty if it has one.
    found : str
        What it was judged by, as ``"test error 3.21 %"``; empty if nothing is known.
    done, total : int
        Points with an outcome so far, those of earlier sittings included, and all points.
    """

    name: str
    message: str
    found: str
    done: int
    total: int


class SweepWatcher(Protocol):
    """Something that shows the progress of a sweep."""

    def started(self, title: str, done: int, total: int) -> None:
        """Show the start, and how many points are already computed."""

    def point_done(self, point: PointDone) -> None:
        """Show the outcome of a point."""


class SilentSweep:
    """Shows nothing."""

    def started(self, title: str, done: int, total: int) -> None:
        """Show nothing."""

    def point_done(self, point: PointDone) -> None:
        """Show nothing."""
