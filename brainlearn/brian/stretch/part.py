"""One object of a network as a compiled stretch of steps sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Part:
    """An object's part of a step, as a loop that receives the addresses of its arrays.

    Parameters
    ----------
    loop : callable
        Compiled by Numba; takes `row`, `numbers` and `examples`. Returns False if it did nothing because data ran out.
    row : callable
        Returns addresses and sizes, as the loop expects them.
    numbers : tuple of float
        Constants.
    examples : tuple of array
        Empty arrays of the types that addresses lead to, where the loop leaves them open.
    provide : callable
        Provides what the loop lacked; afterwards `row` is read again.
    """

    loop: Any
    row: Callable[[], list[int]]
    numbers: tuple[float, ...] = ()
    examples: tuple[np.ndarray, ...] = ()
    provide: Callable[[], None] = lambda: None


class Alone:
    """Runs a part alone, outside of a stretch.

    Parameters
    ----------
    part : Part
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._row, self._numbers = np.array(part.row(), dtype=np.int64), np.array(part.numbers, dtype=np.float64)

    def __call__(self) -> None:
        """Do its part of a step."""
        part = self._part
        while not part.loop(self._row, self._numbers, *part.examples):
            part.provide()
            self._row[:] = part.row()


def address(array: np.ndarray) -> int:
    """Return where the data of a contiguous array are."""
    assert array.flags.c_contiguous
    return int(array.ctypes.data)
