"""Spaces of actions and observations: numbers within bounds, or one of some values, as in Gymnasium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Box:
    """Numbers within bounds, which may be infinite.

    Parameters
    ----------
    low, high : tuple of float
    """

    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many numbers."""
        return len(self.low)

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.size} number{'s' if self.size > 1 else ''}"


@dataclass(frozen=True)
class Discrete:
    """One of the values from 0 to ``n - 1``."""

    n: int

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.n} value{'s' if self.n > 1 else ''}"


Space = Box | Discrete


def known_space(space: Any) -> Space | None:
    """Return a space of Gymnasium, or one of ours, as ours; None for every other kind.

    >>> known_space(Discrete(3))
    Discrete(n=3)
    """
    if isinstance(space, Box | Discrete):
        return space
    kind = type(space).__name__
    if kind == "Discrete" and int(space.start) == 0:
        return Discrete(int(space.n))
    if kind == "Box" and space.shape and np.dtype(space.dtype).kind in "fiu":
        low, high = (tuple(np.asarray(side, dtype=float).reshape(-1).tolist()) for side in (space.low, space.high))
        return Box(low, high)
    return None
