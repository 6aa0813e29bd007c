"""What terms on spikes propose in one step, where few units spiked: only their rows and columns are touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from brainlearn.compiled_loop import compiled_loop

COLUMN = 4  # what an entry of a column costs, in entries of a row


@compiled_loop(nogil=True)
def _add_rows(copies, units, a, b, total):  # type: ignore[no-untyped-def]
    """Add ``a[copy, unit] * b[copy]`` to the row of every spike."""
    for k in range(units.shape[0]):
        x = a[copies[k], units[k]]
        other = b[copies[k]]
        row = total[units[k]]
        for j in range(row.shape[0]):
            row[j] += x * other[j]


@compiled_loop(nogil=True)
def _add_columns(copies, units, a, b, total):  # type: ignore[no-untyped-def]
    """Add ``a[copy] * b[copy, unit]`` to the column of every spike."""
    for k in range(units.shape[0]):
        y = b[copies[k], units[k]]
        other = a[copies[k]]
        for i in range(total.shape[0]):
            total[i, units[k]] += other[i] * y


class SpikeSum:
    """The sum over copies of terms on spikes, (pre, post), kept where a spike touched it.

    The change of every entry is complete before the first is applied, and applied once, as for the whole matrix.

    Parameters
    ----------
    weights : (pre, post) array
    mask : (pre, post) bool array, optional
        Connected pairs.
    """

    def __init__(self, weights: np.ndarray, mask: np.ndarray | None) -> None:
        self.weights, self.mask = weights, mask
        self._total, self._part = np.zeros_like(weights), np.zeros_like(weights)
        self._rows: list[np.ndarray] = []
        self._columns: list[np.ndarray] = []

    def pays(self, arriving: int, fired: int) -> bool:
        """Tell whether it is faster than the whole matrix for so many spikes on either side."""
        n_pre, n_post = self.weights.shape
        return arriving * n_post + COLUMN * fired * n_pre < self.weights.size

    def add(self, from_pre: bool, spikes: Spikes, a: np.ndarray, b: np.ndarray, weight: Any) -> None:
        """Add a term for the spikes of one side.

        Parameters
        ----------
        from_pre : bool
            Whether presynaptic units spiked.
        spikes : pair of (spike,) int array
            Copies and units.
        a, b : (copy, pre) and (copy, post) array
            Both sides of the term.
        weight : callable or None
            The factor of the weight, of an array of weights; None: 1.
        """
        copies, units = spikes
        touched = np.unique(units)
        sums = self._total if weight is None else self._part
        (_add_rows if from_pre else _add_columns)(copies, units, a, b, sums)
        if weight is not None:
            where = touched if from_pre else (slice(None), touched)
            self._total[where] += self._part[where] * weight(self.weights[where])
            self._part[where] = 0
        (self._rows if from_pre else self._columns).append(touched)

    def apply(self, chain: Callable[[np.ndarray, np.ndarray], None], count: int) -> None:
        """Take the sum over `count` copies through a chain that deals with every entry alone, and begin anew.

        Parameters
        ----------
        chain : callable
            Given a change and weights of the same shape, brings the weights to what they become, in place.
        count : int
        """
        for where in (_together(self._rows), (slice(None), _together(self._columns))):
            change, weights = self._total[where], self.weights[where]
            if not change.size:
                continue
            if self.mask is not None:
                change *= self.mask[where]
            change /= count
            chain(change, weights)
            if self.mask is not None:
                weights *= self.mask[where]
            self.weights[where] = weights
            self._total[where] = 0
        self._rows, self._columns = [], []


Spikes = tuple[np.ndarray, np.ndarray]


def _together(units: Sequence[np.ndarray]) -> np.ndarray:
    return np.unique(np.concatenate(units)) if units else np.empty(0, dtype=np.int64)


def spikes_of(indices: np.ndarray, size: int, taking_part: np.ndarray) -> Spikes:
    """Return copies and units of spikes ``copy * size + unit`` in the copies that take part."""
    copies, units = np.divmod(indices, size)
    if taking_part.all():
        return copies, units
    chosen = taking_part[copies]
    return copies[chosen], units[chosen]
