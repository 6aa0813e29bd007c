"""The windows of a sheet that the places of another one see: the geometry of convolution and of pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from brainlearn.circuit.rows import starts_of
from brainlearn.circuit.schema import CONVOLVED

Sides = tuple[int, int]


class Ways(NamedTuple):
    """Which places are reached from every place, and through which element of a kernel.

    Parameters
    ----------
    starts : (place + 1,) array of int64
        The ways from place ``p`` are number ``starts[p]`` to ``starts[p + 1] - 1``.
    ends : (way,) array of int32
        Places on the other sheet, ascending for each place.
    elements : (way,) array of int32
        Places in the flattened kernel.
    """

    starts: np.ndarray
    ends: np.ndarray
    elements: np.ndarray


@dataclass(frozen=True)
class Windows:
    """Windows of one sheet, one for every place of another.

    A place in row ``r`` sees `kernel` rows, from ``r * stride - padding`` on, and columns likewise. What lies beyond an
    edge is empty.

    Parameters
    ----------
    seen, seeing : (int, int)
        Rows and columns of the sheet with the windows, and of that whose places look.
    kernel, stride, padding : (int, int)
        In rows and columns of the sheet with the windows.
    """

    seen: Sides
    seeing: Sides
    kernel: Sides
    stride: Sides
    padding: Sides

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the places of either sheet that see each other, and the element of the kernel between them."""
        row, column = (self._along(axis) for axis in (0, 1))  # (seeing, kernel), -1 beyond an edge
        seen = row[:, None, :, None] * self.seen[1] + column[None, :, None, :]  # (row, column, kernel row, column)
        there = (row >= 0)[:, None, :, None] & (column >= 0)[None, :, None, :]
        seeing = np.arange(self.seeing[0] * self.seeing[1]).reshape(*self.seeing, 1, 1)
        element = np.arange(self.kernel[0] * self.kernel[1]).reshape(1, 1, *self.kernel)
        found = (np.broadcast_to(each, there.shape)[there].astype(np.int32) for each in (seen, seeing, element))
        a, b, c = found
        return a, b, c

    def _along(self, axis: int) -> np.ndarray:
        """Return the row (or column) of every element of every window, (seeing, kernel); -1 beyond an edge."""
        places = np.arange(self.seeing[axis])[:, None] * self.stride[axis] - self.padding[axis]
        places = places + np.arange(self.kernel[axis])
        return np.where((places >= 0) & (places < self.seen[axis]), places, -1)

    @property
    def number(self) -> int:
        """How many places of windows there are on the sheet, in all windows."""
        return int(np.count_nonzero(self._along(0) >= 0) * np.count_nonzero(self._along(1) >= 0))

    @cached_property
    def forward(self) -> Ways:
        """The ways from the sheet with the windows to that whose places look."""
        seen, seeing, element = self._pairs
        return _ways(seen, seeing, element, self.seen)

    @cached_property
    def backward(self) -> Ways:
        """The same ways in the other direction."""
        seen, seeing, element = self._pairs
        return _ways(seeing, seen, element, self.seeing)


def _ways(begin: np.ndarray, end: np.ndarray, element: np.ndarray, sheet: Sides) -> Ways:
    order = np.lexsort((end, begin))
    starts = starts_of(np.bincount(begin, minlength=sheet[0] * sheet[1]))
    return Ways(starts, end[order], element[order])


def stride_of(connectivity: CONVOLVED) -> Sides:
    """Return the stride of a convolution, or of pooling, which has the size of its windows by default."""
    return connectivity.kernel if connectivity.stride is None else connectivity.stride


def sheet_behind(connectivity: CONVOLVED, seen: Sides) -> Sides:
    """Return how many rows and columns of windows fit on a sheet; none or fewer if it is smaller than one window."""
    sides = zip(seen, connectivity.kernel, stride_of(connectivity), connectivity.padding, strict=True)
    rows, columns = ((size + 2 * padding - kernel) // stride + 1 for size, kernel, stride, padding in sides)
    return rows, columns


def windows_of(connectivity: CONVOLVED, source: Sides, target: Sides) -> Windows:
    """Return the windows of a source sheet that the places of a target sheet see."""
    return Windows(source, target, connectivity.kernel, stride_of(connectivity), connectivity.padding)
