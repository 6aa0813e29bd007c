"""What terms on spikes propose in one step, where few units spiked: only their rows and columns are touched."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from brainlearn.compiled_loop import compiled_loop

COLUMN = 4  # what an entry of a column costs, in entries of a row


@compiled_loop(nogil=True)
def _add(copies, units, mine, other, starts, others, flat, total):  # type: ignore[no-untyped-def]
    """Add ``mine[copy, unit] * other[copy, …]`` to the synapses of every unit that spiked."""
    for k in range(units.shape[0]):
        x = mine[copies[k], units[k]]
        row = other[copies[k]]
        for s in range(starts[units[k]], starts[units[k] + 1]):
            total[flat[s]] += x * row[others[s]]


class SpikeSum:
    """The sum over copies of terms on spikes, (pre, post), kept where a spike touched it.

    The change of every entry is complete before the first is applied, and applied once, as for the whole matrix.

    Parameters
    ----------
    weights : (pre, post) array
        Contiguous.
    mask : (pre, post) bool array, optional
        Connected pairs.
    """

    def __init__(self, weights: np.ndarray, mask: np.ndarray | None) -> None:
        self.weights, self.mask = weights, mask
        self._touched: list[np.ndarray] = []

    # many copies spike too much for it ever to pay, and need none of these

    @cached_property
    def _rows(self) -> _Synapses:
        return _Synapses(self.mask, self.weights.shape, by_row=True)

    @cached_property
    def _columns(self) -> _Synapses:
        return _Synapses(self.mask, self.weights.shape, by_row=False)

    @cached_property
    def _total(self) -> np.ndarray:
        return np.zeros_like(self.weights)

    @cached_property
    def _part(self) -> np.ndarray:
        return np.zeros_like(self.weights)

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
        synapses = self._rows if from_pre else self._columns
        mine, other = (a, b) if from_pre else (b, a)
        sums = self._total if weight is None else self._part
        _add(copies, units, mine, other, synapses.starts, synapses.others, synapses.flat, sums.reshape(-1))
        touched = synapses.of(units if len(mine) == 1 else np.unique(units))  # in one copy each stands once
        if weight is not None:
            part = self._part.reshape(-1)
            self._total.reshape(-1)[touched] += part[touched] * weight(self.weights.reshape(-1)[touched])
            part[touched] = 0
        self._touched.append(touched)

    def apply(self, chain: Callable[[np.ndarray, np.ndarray], None], count: int) -> None:
        """Take the sum over `count` copies through a chain that deals with every entry alone, and begin anew.

        Parameters
        ----------
        chain : callable
            Given a change and weights of the same shape, brings the weights to what they become, in place.
        count : int
        """
        total, weights = self._total.reshape(-1), self.weights.reshape(-1)
        for touched in self._touched:
            change, found = total[None, touched], weights[None, touched]
            change /= count
            chain(change, found)
            weights[touched] = found[0]
            total[touched] = 0  # what another spike touches too has had its change
        self._touched = []


class _Synapses:
    """Where the synapses of every unit of one side lie.

    Parameters
    ----------
    mask : (pre, post) bool array, optional
        None: all are connected.
    shape : pair of int
    by_row : bool
        Whether those of presynaptic units are asked for.

    Attributes
    ----------
    starts : (unit + 1,) int array
        Where those of each unit begin in the other two.
    others : (synapse,) int array
        The unit on the other side.
    flat : (synapse,) int array
        Place in the flattened weights.
    """

    def __init__(self, mask: np.ndarray | None, shape: tuple[int, ...], by_row: bool) -> None:
        connected = np.ones(shape, dtype=bool) if mask is None else mask
        units, others = np.nonzero(connected if by_row else connected.T)
        self.others = others.astype(np.int32)
        self.starts = np.searchsorted(units, np.arange(shape[0 if by_row else 1] + 1))
        pre, post = (units, others) if by_row else (others, units)
        self.flat = pre * shape[1] + post

    def of(self, units: np.ndarray) -> np.ndarray:
        """Return the places of all synapses of some units."""
        return np.concatenate([self.flat[self.starts[unit] : self.starts[unit + 1]] for unit in units])


Spikes = tuple[np.ndarray, np.ndarray]


def spikes_of(indices: np.ndarray, size: int, taking_part: np.ndarray) -> Spikes:
    """Return copies and units of spikes ``copy * size + unit`` in the copies that take part."""
    copies, units = np.divmod(indices, size)
    if taking_part.all():
        return copies, units
    chosen = taking_part[copies]
    return copies[chosen], units[chosen]
