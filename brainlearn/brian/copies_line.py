"""Spikes in transit in many copies at once, to synapses that each have their own delay.

`SpreadLine` takes each spike along its row. Where many copies of a unit spike within the same few steps, this line
takes each synapse once for all of them: the weight is read once, and what the copies of one target hold stands side by
side, so a processor adds several at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.spread_line import SpreadLine
from brainlearn.circuit.rows import Rows
from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays

FEWEST_COPIES = 32
MOST_BYTES = 256 * 2**20  # of what is in transit; beyond, each spike is held by itself
FEW = 8  # one in so many copies of a unit must spike before all are added at once
SELDOM = 4  # one sum for so many targets in all copies is worth turning them
BLOCK = 16  # targets that are turned from one order into the other at once: a line of the cache


class CopiesLine:
    """What is in transit, held by the step of sending, the unit and the copy.

    What arrives at a target is added in the same order as by `SpreadLine`, so sums have the same bits.

    Parameters
    ----------
    rows : Rows
        With delays.
    weights : (synapse,) array
        Those of now.
    targets : sequence of (copy, post) arrays
        The variable that each statement of the synapses adds to.
    constant_factor : float, optional
        What multiplies the weights of all spikes, if it is one number; they are held as 8-bit marks then.

    Attributes
    ----------
    sent : (statement, step, pre, copy) array
        What multiplies the weights, or marks; 0 where no spike was sent. Steps take turns.
    counts : (step, pre) array of int64
        In how many copies each unit spiked.
    copies : (step, pre, copy) array of uint16
        In which ones: the first `counts` of them.
    active : (step, pre) array of int32
        Which units spiked in any: the first `number` of them, ascending.
    number, spikes : (step,) arrays of int64
        How many units spiked, and how often in all copies.
    """

    def __init__(
        self,
        rows: Rows,
        weights: np.ndarray,
        targets: Sequence[np.ndarray],
        constant_factor: float | None = None,
    ) -> None:
        self._rows, self._weights, self._targets = rows, weights, tuple(targets)
        real, copies = targets[0].dtype, targets[0].shape[0]
        self._marks = constant_factor is not None
        self._scale = real.type(1 if constant_factor is None else constant_factor)
        self._bounds = bounds_of(rows)
        held = self._bounds.shape[1] - 1, rows.shape[0], copies
        self.sent = np.zeros((len(targets), *held), dtype=np.uint8 if self._marks else real)
        self.counts = np.zeros(held[:2], dtype=np.int64)
        self.copies = np.zeros(held, dtype=np.uint16)
        self.active = np.zeros(held[:2], dtype=np.int32)
        self.number, self.spikes = np.zeros((2, held[0]), dtype=np.int64)
        self._arriving = len(rows.posts) / max(rows.shape[0] * held[0], 1)  # synapses of a spike in a step, on average
        self._now = 0
        self._side_by_side = np.empty((rows.shape[1], copies), dtype=real)

    def clear(self) -> None:
        """Discard what is in transit."""
        self.counts[:] = 0
        self.number[:] = 0
        self.spikes[:] = 0

    def step(self, sent: np.ndarray, factors: Sequence[Any]) -> None:
        """Take in what leaves in this step, with the factor of every statement, and add what arrives."""
        self._now = (self._now + 1) % len(self.counts)
        self._take_in(self._now, sent, factors)
        spikes = int(self.spikes.sum())
        if not spikes:
            return
        often = spikes * self._arriving * SELDOM > self._side_by_side.size
        under_way = self.counts, self.copies, self.active, self.number
        places = self._rows.posts, self._weights, self._scale, self._bounds
        for held, target in zip(self.sent, self._targets, strict=True):
            if often:
                turn(target, self._side_by_side)
                add_arriving(self._now, held, *under_way, *places, self._side_by_side)
                turn(self._side_by_side, target)
            else:
                add_few(self._now, held, *under_way, *places, target)

    def _take_in(self, slot: int, spikes: np.ndarray, factors: Sequence[Any]) -> None:
        held = np.ones((len(factors), len(spikes)), dtype=self.sent.dtype)
        if not self._marks:
            for row, factor in zip(held, factors, strict=True):
                row[:] = factor
        self.spikes[slot] = len(spikes)
        part = self.sent[:, slot], self.counts[slot], self.copies[slot], self.active[slot]
        self.number[slot] = take_in(spikes, held, *part)

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what is in transit, as `SpreadLine` does."""
        steps, pre = self.counts.shape
        parts = []
        for age in range(steps - 1, -1, -1):
            slot = (self._now - age) % steps
            copies, units = self._spikes(slot)
            following = self._bounds[units, age + 1]
            left = following < self._rows.starts[units + 1]
            factors = self._scale * self.sent[:, slot, units[left], copies[left]]
            parts.append((copies[left] * pre + units[left], following[left], np.full(left.sum(), -age), factors))
        spikes, synapses, sent, factors = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
        line = SpreadLine(self._rows, self._weights, self._targets)
        line.make_room(len(spikes))
        line.flights[:, : len(spikes)] = spikes, synapses, sent
        line.factors[:, : len(spikes)] = factors
        line.place[0] = len(spikes)
        return line.state()

    def _spikes(self, slot: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the copies and units that spiked in a step, copy by copy."""
        units = np.repeat(np.arange(self.counts.shape[1]), self.counts[slot])
        first = np.arange(self.copies.shape[2]) < self.counts[slot][:, None]
        copies = self.copies[slot][first].astype(np.int64)
        order = np.lexsort((units, copies))
        return copies[order], units[order]

    def restore(self, saved: Arrays, units: int) -> None:
        """Restore what `state` returned; a ForeignState if these are spikes of others, or on other synapses."""
        line = SpreadLine(self._rows, self._weights, self._targets)
        line.restore(saved, units)
        self.clear()
        spikes, _, sent = line.flights[:, : line.place[0]]
        for age in np.unique(-sent):
            of_age = np.flatnonzero(-sent == age)
            self._take_in((self._now - age) % len(self.counts), spikes[of_age], list(line.factors[:, of_age]))


def line_of(
    rows: Rows, weights: np.ndarray, targets: Sequence[np.ndarray], constant_factor: float | None
) -> CopiesLine | SpreadLine:
    """Return what carries the spikes of a projection: all copies at once, or each spike by itself."""
    if _serves(rows, targets):
        return CopiesLine(rows, weights, targets, constant_factor)
    return SpreadLine(rows, weights, targets)


def _serves(rows: Rows, targets: Sequence[np.ndarray]) -> bool:
    """Return whether the copies of the targets are many enough, and what is in transit fits into memory."""
    copies = targets[0].shape[0]
    if copies < FEWEST_COPIES or rows.delays is None:
        return False
    steps = 1 + int(rows.delays.max(initial=0))
    return len(targets) * steps * rows.shape[0] * copies * targets[0].itemsize <= MOST_BYTES


def bounds_of(rows: Rows) -> np.ndarray:
    """Return where the synapses with each delay begin in every row, and where the last ones end, (pre, delay + 1)."""
    delays = rows.delays
    assert delays is not None
    steps = 1 + int(delays.max(initial=0))
    keys = rows.pres.astype(np.int64) * steps + delays
    first = np.searchsorted(keys, np.arange(rows.shape[0] * steps, dtype=np.int64)).reshape(rows.shape[0], steps)
    return np.concatenate([first, rows.starts[1:, None]], axis=1)


@compiled_loop(nogil=True)
def take_in(spikes, factors, sent, counts, copies, active):  # type: ignore[no-untyped-def]
    """Note the spikes of a step, (spike,) indices ``copy * pre + unit``, ascending, with (statement, spike) factors.

    Changes `sent`, (statement, pre, copy), `counts`, `copies` and `active` in place; returns how many units spiked.
    """
    n_pre = counts.shape[0]
    counts[:] = 0
    copy, first = 0, 0
    for k in range(spikes.shape[0]):
        while spikes[k] >= first + n_pre:
            copy += 1
            first += n_pre
        unit = spikes[k] - first
        if counts[unit] == 0:
            sent[:, unit] = 0
        for n in range(sent.shape[0]):
            sent[n, unit, copy] = factors[n, k]
        copies[unit, counts[unit]] = copy
        counts[unit] += 1
    number = 0
    for unit in range(n_pre):
        if counts[unit] > 0:
            active[number] = unit
            number += 1
    return number


@compiled_loop(nogil=True)
def turn(values, turned):  # type: ignore[no-untyped-def]
    """Set ``turned[j, c]`` to ``values[c, j]``, some j at a time, so that few lines of the cache are in use."""
    for first in range(0, values.shape[1], BLOCK):
        for c in range(values.shape[0]):
            for j in range(first, min(first + BLOCK, values.shape[1])):
                turned[j, c] = values[c, j]


@compiled_loop(nogil=True)
def add_arriving(now, sent, counts, copies, active, number, posts, weights, scale, bounds, target):  # type: ignore[no-untyped-def]
    """Add what arrives in this step, first what was sent first, then by unit, then by synapse.

    Parameters
    ----------
    now : int
        The place of this step among those that take turns.
    sent : (step, pre, copy) array
        What multiplies the weights.
    counts, copies, active, number : arrays
        As in `CopiesLine`; what is held of a unit is not read where its count is 0.
    posts, weights : (synapse,) arrays
    scale : float
        Multiplies all weights.
    bounds : (pre, delay + 1) array of int64
        See `bounds_of`.
    target : (post, copy) array
        Changed in place.
    """
    steps = number.shape[0]
    for age in range(steps - 1, -1, -1):
        slot = (now - age) % steps
        for unit in active[slot, : number[slot]]:
            count, factors, spiked = counts[slot, unit], sent[slot, unit], copies[slot, unit]
            every = count * FEW >= target.shape[1]
            for s in range(bounds[unit, age], bounds[unit, age + 1]):
                held, weight = target[posts[s]], scale * weights[s]
                if every:
                    for c in range(held.shape[0]):
                        held[c] += factors[c] * weight
                else:
                    for k in range(count):
                        held[spiked[k]] += factors[spiked[k]] * weight


@compiled_loop(nogil=True)
def add_few(now, sent, counts, copies, active, number, posts, weights, scale, bounds, target):  # type: ignore[no-untyped-def]
    """Do what `add_arriving` does, where little arrives and `target` is a (copy, post) array."""
    steps = number.shape[0]
    for age in range(steps - 1, -1, -1):
        slot = (now - age) % steps
        for unit in active[slot, : number[slot]]:
            factors, spiked = sent[slot, unit], copies[slot, unit]
            for s in range(bounds[unit, age], bounds[unit, age + 1]):
                post, weight = posts[s], scale * weights[s]
                for k in range(counts[slot, unit]):
                    target[spiked[k], post] += factors[spiked[k]] * weight
