"""What outputs with targets should do, as the learner sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """What outputs should do.

    Parameters
    ----------
    values : bool
        Whether targets are values; else they say a class.
    frames : int
        Frames that have their own values; 0: a target holds for the whole presentation.
    """

    values: bool = False
    frames: int = 0


CLASSES = Wanted()
