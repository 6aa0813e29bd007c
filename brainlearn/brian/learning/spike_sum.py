"""What terms on spikes propose in one step, where few units spiked: only their rows and columns are touched."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from brainlearn.circuit.rows import Rows
from brainlearn.compiled_loop import compiled_loop

Spikes = tuple[np.ndarray, np.ndarray]
COLUMN = 4  # what an entry of a column costs, in entries of a row


@compiled_loop(nogil=True)
def _add(copies, units, mine, other, starts, others, flat, total, marks, touched, n):  # type: ignore[no-untyped-def]
    """Add ``mine[copy, unit] * other[copy, …]`` to the synapses of every unit that spiked.

    Those that are not marked yet are marked, and their places put into `touched` from its entry `n` on; returns how
    many there are then.
    """
    for k in range(units.shape[0]):
        x = mine[copies[k], units[k]]
        row = other[copies[k]]
        for s in range(starts[units[k]], starts[units[k] + 1]):
            place = flat[s]
            total[place] += x * row[others[s]]
            if not marks[place]:
                marks[place] = True
                touched[n] = place
                n += 1
    return n


@compiled_loop(nogil=True)
def _add_events(places, values, total, marks, touched, n):  # type: ignore[no-untyped-def]
    """Add every value to its place, and mark as `_add` does; returns how many places were touched then."""
    for k in range(places.shape[0]):
        place = places[k]
        total[place] += values[k]
        if not marks[place]:
            marks[place] = True
            touched[n] = place
            n += 1
    return n


class _Touched:
    """Sums at entries of the flattened weights, and which entries these are.

    Parameters
    ----------
    weights : (pre, post) array
    synapses : int
        How many entries there can be.
    """

    def __init__(self, weights: np.ndarray, synapses: int) -> None:
        self.total = np.zeros(weights.size, dtype=weights.dtype)
        self._marks = np.zeros(weights.size, dtype=bool)
        self._places = np.empty(synapses, dtype=np.int64)
        self._count = 0

    @property
    def places(self) -> np.ndarray:
        """(synapse,) int array : Every entry that was touched, once."""
        return self._places[: self._count]

    def add(self, spikes: Spikes, mine: np.ndarray, other: np.ndarray, synapses: _Synapses) -> None:
        """Add products at the synapses of units that spiked."""
        of_all = synapses.starts, synapses.others, synapses.flat
        sums = self.total, self._marks, self._places, self._count
        self._count = _add(*spikes, mine, other, *of_all, *sums)

    def add_at(self, places: np.ndarray, values: np.ndarray) -> None:
        """Add values at entries, of which each is named once."""
        self.total[places] += values
        new = places[~self._marks[places]]
        self._marks[new] = True
        self._places[self._count : self._count + len(new)] = new
        self._count += len(new)

    def add_events(self, places: np.ndarray, values: np.ndarray) -> None:
        """Add values at entries that may be named more than once."""
        self._count = _add_events(places, values, self.total, self._marks, self._places, self._count)

    def clear(self) -> None:
        """Begin anew."""
        places = self.places
        self.total[places] = 0
        self._marks[places] = False
        self._count = 0


class SpikeSum:
    """The sum over copies of terms on spikes, as weights are, kept where a spike touched it.

    The change of every entry is complete before the first is applied, and applied once, as for the whole matrix.

    Parameters
    ----------
    weights : (pre, post) or (synapse,) array
        Contiguous.
    mask : (pre, post) bool array, optional
        Connected pairs of a matrix.
    rows : Rows, optional
        The synapses, if they are listed.
    """

    def __init__(self, weights: np.ndarray, mask: np.ndarray | None, rows: Rows | None = None) -> None:
        self.weights, self.mask, self.rows = weights, mask, rows
        self._shape = weights.shape if rows is None else rows.shape

    # many copies spike too much for it ever to pay, and need none of these

    @cached_property
    def _rows(self) -> _Synapses:
        return self._of_units(by_row=True)

    @cached_property
    def _columns(self) -> _Synapses:
        return self._of_units(by_row=False)

    def _of_units(self, by_row: bool) -> _Synapses:
        if self.rows is not None:
            return _Synapses(self.rows.pres, self.rows.posts, np.arange(self.weights.size), self._shape, by_row)
        pre, post = np.nonzero(np.ones(self._shape, dtype=bool) if self.mask is None else self.mask)
        return _Synapses(pre, post, pre * self._shape[1] + post, self._shape, by_row)

    @cached_property
    def _sums(self) -> _Touched:
        return _Touched(self.weights, self.weights.size if self.rows is not None else len(self._rows.flat))

    @cached_property
    def _part(self) -> _Touched:
        return _Touched(self.weights, len(self._rows.flat))

    def pays(self, arriving: int, fired: int) -> bool:
        """Tell whether it is faster than the whole matrix for so many spikes on either side."""
        n_pre, n_post = self._shape
        return arriving * n_post + COLUMN * fired * n_pre < n_pre * n_post

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
        synapses = self._rows if from_pre else self._columns
        mine, other = (a, b) if from_pre else (b, a)
        if weight is None:
            self._sums.add(spikes, mine, other, synapses)
            return
        self._part.add(spikes, mine, other, synapses)
        places = self._part.places
        self._sums.add_at(places, self._part.total[places] * weight(self.weights.reshape(-1)[places]))
        self._part.clear()

    def add_at(self, synapses: np.ndarray, values: np.ndarray) -> None:
        """Add values at listed synapses, each of which may be named more than once; both are (event,)."""
        self._sums.add_events(synapses, values)

    def take(self) -> np.ndarray:
        """Return the sum as weights are, and begin anew."""
        total = self._sums.total.reshape(self.weights.shape).copy()
        self._sums.clear()
        return total

    def apply(self, chain: Callable[[np.ndarray, np.ndarray], None], count: int) -> None:
        """Take the sum over `count` copies through a chain that deals with every entry alone, and begin anew.

        Parameters
        ----------
        chain : callable
            Given a change and weights of the same shape, brings the weights to what they become, in place.
        count : int
        """
        places, weights = self._sums.places, self.weights.reshape(-1)
        change, found = self._sums.total[places][None], weights[places][None]
        if count > 1:
            change /= count
        chain(change, found)
        weights[places] = found[0]
        self._sums.clear()


class _Synapses:
    """Where the synapses of every unit of one side lie.

    Parameters
    ----------
    pre, post : (synapse,) int array
        Units that each joins, in the order of presynaptic units.
    flat : (synapse,) int array
        Places in the flattened weights.
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

    def __init__(
        self, pre: np.ndarray, post: np.ndarray, flat: np.ndarray, shape: tuple[int, ...], by_row: bool
    ) -> None:
        order = slice(None) if by_row else np.argsort(post, kind="stable")
        units, others = (pre, post) if by_row else (post, pre)
        self.others = others[order].astype(np.int32)
        self.starts = np.searchsorted(units[order], np.arange(shape[0 if by_row else 1] + 1))
        self.flat = flat[order]


def spikes_of(indices: np.ndarray, size: int, taking_part: np.ndarray) -> Spikes:
    """Return copies and units of spikes ``copy * size + unit`` in the copies that take part."""
    if len(taking_part) == 1 and taking_part[0]:
        return np.zeros_like(indices), indices
    copies, units = np.divmod(indices, size)
    if taking_part.all():
        return copies, units
    chosen = taking_part[copies]
    return copies[chosen], units[chosen]
