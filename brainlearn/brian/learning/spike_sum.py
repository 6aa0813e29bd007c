"""What terms on spikes propose in one step, where few units spiked: only their rows and columns are touched."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from brainlearn.circuit.rows import Rows, starts_of
from brainlearn.compiled_loop import compiled_loop

Spikes = tuple[np.ndarray, np.ndarray]
FEW = 100_000  # entries for all of which there is room from the beginning
PIECE = 1_000_000  # weights that go through a chain together, which takes memory
COLUMN = 4  # what an entry of a column costs, in entries of a row


@compiled_loop(nogil=True)
def _add(copies, units, mine, other, starts, others, flat, slots, places, sums, n):  # type: ignore[no-untyped-def]
    """Add ``mine[copy, unit] * other[copy, …]`` to the synapses of every unit that spiked.

    Those without a slot yet are given one, from `n` on: their places are put into `places`; returns how many there are
    then. Without `flat` the synapses are places themselves.
    """
    for k in range(units.shape[0]):
        x = mine[copies[k], units[k]]
        row = other[copies[k]]
        for s in range(starts[units[k]], starts[units[k] + 1]):
            place = flat[s] if flat.shape[0] else s
            slot = slots[place]
            if slot == 0:
                places[n] = place
                sums[n] = x * row[others[s]]
                n += 1
                slots[place] = n
            else:
                sums[slot - 1] += x * row[others[s]]
    return n


@compiled_loop(nogil=True)
def _add_events(events, values, slots, places, sums, n):  # type: ignore[no-untyped-def]
    """Add every value to the entry of its event, as `_add` does; returns how many entries have a slot then."""
    for k in range(events.shape[0]):
        slot = slots[events[k]]
        if slot == 0:
            places[n] = events[k]
            sums[n] = values[k]
            n += 1
            slots[events[k]] = n
        else:
            sums[slot - 1] += values[k]
    return n


class _Touched:
    """Sums at entries of the flattened weights that are not 0, and which entries these are.

    Parameters
    ----------
    weights : (pre, post) or (synapse,) array
    """

    def __init__(self, weights: np.ndarray) -> None:
        room = weights.size if weights.size <= FEW else 0
        self._places = np.empty(room, dtype=place_type(weights.size))
        self._slots = np.zeros(weights.size, dtype=self._places.dtype)  # of every entry its number, from 1; 0: none
        self._sums = np.empty(room, dtype=weights.dtype)
        self._count = 0

    @property
    def places(self) -> np.ndarray:
        """(entry,) int array : Every entry that was touched, once."""
        return self._places[: self._count]

    @property
    def sums(self) -> np.ndarray:
        """(entry,) array : The sums there."""
        return self._sums[: self._count]

    def add(self, spikes: Spikes, mine: np.ndarray, other: np.ndarray, synapses: _Synapses) -> None:
        """Add products at the synapses of units that spiked."""
        if len(self._places) < len(self._slots):
            self._make_room(int((synapses.starts[spikes[1] + 1] - synapses.starts[spikes[1]]).sum()))
        of_all = synapses.starts, synapses.others, synapses.flat
        sums = self._slots, self._places, self._sums, self._count
        self._count = _add(*spikes, mine, other, *of_all, *sums)

    def add_at(self, places: np.ndarray, values: np.ndarray) -> None:
        """Add values at entries, of which each is named once."""
        slots = self._slots[places]
        known = slots > 0
        self._sums[slots[known] - 1] += values[known]
        new, count = places[~known], self._count
        self._make_room(len(new))
        self._count += len(new)
        self._places[count : self._count], self._sums[count : self._count] = new, values[~known]
        self._slots[new] = np.arange(count + 1, self._count + 1)

    def _make_room(self, number: int) -> None:
        """Have room for a number of entries more."""
        needed = min(self._count + number, len(self._slots))
        if needed > len(self._places):
            more = (0, min(2 * needed, len(self._slots)) - len(self._places))
            self._places, self._sums = np.pad(self._places, more), np.pad(self._sums, more)

    def add_events(self, places: np.ndarray, values: np.ndarray) -> None:
        """Add values at entries that may be named more than once."""
        self._make_room(len(places))
        self._count = _add_events(places, values, self._slots, self._places, self._sums, self._count)

    def clear(self) -> None:
        """Start over."""
        self._slots[self.places] = 0
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
    def columns(self) -> _Synapses:
        """The synapses of every postsynaptic unit."""
        return self._of_units(by_row=False)

    def _of_units(self, by_row: bool) -> _Synapses:
        if self.rows is not None:
            return synapses_of_rows(self.rows) if by_row else synapses_of_columns(self.rows)
        pre, post = np.nonzero(np.ones(self._shape, dtype=bool) if self.mask is None else self.mask)
        return synapses_of_pairs(pre, post, self._shape, by_row)

    @cached_property
    def _sums(self) -> _Touched:
        return _Touched(self.weights)

    @cached_property
    def _part(self) -> _Touched:
        return _Touched(self.weights)

    def pays(self, arriving: int, fired: int) -> bool:
        """Return whether it is faster than the whole matrix for so many spikes on either side."""
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
        synapses = self._rows if from_pre else self.columns
        mine, other = (a, b) if from_pre else (b, a)
        if weight is None:
            self._sums.add(spikes, mine, other, synapses)
            return
        self._part.add(spikes, mine, other, synapses)
        places = self._part.places
        self._sums.add_at(places, self._part.sums * weight(self.weights.reshape(-1)[places]))
        self._part.clear()

    def add_at(self, synapses: np.ndarray, values: np.ndarray) -> None:
        """Add values at listed synapses, each of which may be named more than once; both are (event,)."""
        self._sums.add_events(synapses, values)

    def take(self) -> np.ndarray:
        """Return the sum as weights are, and start over."""
        total = np.zeros(self.weights.shape, dtype=self.weights.dtype)
        total.reshape(-1)[self._sums.places] = self._sums.sums
        self._sums.clear()
        return total

    def apply(self, chain: Callable[[np.ndarray, np.ndarray], None], count: int) -> None:
        """Take the sum over `count` copies through a chain that deals with every entry alone, and start over.

        Parameters
        ----------
        chain : callable
            Given a change and weights of the same shape, brings the weights to what they become, in place.
        count : int
        """
        places, weights = self._sums.places, self.weights.reshape(-1)
        change, found = self._sums.sums[None], weights[places][None]
        if count > 1:
            change /= count
        chain(change, found)
        weights[places] = found[0]
        self._sums.clear()


def bound_all(weights: np.ndarray, chain: Callable[[np.ndarray, np.ndarray], None]) -> None:
    """Take a change of 0 of all weights through a chain, as in `SpikeSum.apply`; changes them in place."""
    flat = weights.reshape(1, -1)
    for first in range(0, flat.size, PIECE):
        piece = flat[:, first : first + PIECE]
        chain(np.zeros_like(piece), piece)


class _Synapses(NamedTuple):
    """Where the synapses of every unit of one side are.

    Parameters
    ----------
    starts : (unit + 1,) array of int64
        Where those of each unit begin in the other two.
    others : (synapse,) array of int32
        The unit on the other side.
    flat : (synapse,) int array
        Place in the flattened weights; empty if it is the number of the synapse.
    """

    starts: np.ndarray
    others: np.ndarray
    flat: np.ndarray


def synapses_of_pairs(pre: np.ndarray, post: np.ndarray, shape: tuple[int, ...], by_row: bool) -> _Synapses:
    """Return the synapses of each unit of one side of a matrix, from connected pairs in the order of rows."""
    order = slice(None) if by_row else np.argsort(post, kind="stable")
    units, others = (pre, post) if by_row else (post, pre)
    starts = np.searchsorted(units[order], np.arange(shape[0 if by_row else 1] + 1))
    return _Synapses(starts, others[order].astype(np.int32), (pre * shape[1] + post)[order])


def synapses_of_rows(rows: Rows) -> _Synapses:
    """Return the synapses of each presynaptic unit: the rows as they are."""
    return _Synapses(rows.starts, rows.posts, np.empty(0, dtype=place_type(len(rows.posts))))


def synapses_of_columns(rows: Rows) -> _Synapses:
    """Return the synapses of each postsynaptic unit, in the order of rows."""
    starts = starts_of(np.bincount(rows.posts, minlength=rows.targets))
    found = _Synapses(
        starts, np.empty(len(rows.posts), dtype=np.int32), np.empty(len(rows.posts), dtype=place_type(len(rows.posts)))
    )
    _fill_columns(rows.starts, rows.posts, starts[:-1].copy(), found.others, found.flat)
    return found


@compiled_loop(nogil=True)
def _fill_columns(starts, posts, ends, others, flat):  # type: ignore[no-untyped-def]
    """Write every synapse into the column of its target unit; `ends` is where each column has come to."""
    for pre in range(starts.shape[0] - 1):
        for s in range(starts[pre], starts[pre + 1]):
            place = ends[posts[s]]
            others[place], flat[place] = pre, s
            ends[posts[s]] += 1


def place_type(number: int) -> type[np.signedinteger]:
    """Return the type in which so many entries are counted."""
    return np.int32 if number < 2**31 else np.int64


def spikes_of(indices: np.ndarray, size: int, taking_part: np.ndarray) -> Spikes:
    """Return copies and units of spikes ``copy * size + unit`` in the copies that take part."""
    if len(taking_part) == 1 and taking_part[0]:
        return np.zeros_like(indices), indices
    copies, units = np.divmod(indices, size)
    if taking_part.all():
        return copies, units
    chosen = taking_part[copies]
    return copies[chosen], units[chosen]
