"""What synapses see of their presynaptic units where each has a delay of its own: spikes, and what was then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from brainlearn.circuit.rows import Rows, smallest_type
from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays, ForeignState, find

Places = tuple[np.ndarray, np.ndarray]
"""Copies and synapses, (event,) each."""


def spread_delays(synapses: Any) -> np.ndarray | None:
    """Return the delay of every synapse of a projection in steps, (synapse,), or None if one number says it.

    Parameters
    ----------
    synapses : SharedSynapses
    """
    if synapses.spread is None:
        return None
    if synapses.rows.delays is not None:
        delays: np.ndarray = synapses.rows.delays
        return delays
    return np.full(len(synapses.rows.posts), synapses.delay_steps, dtype=smallest_type(synapses.delay_steps))


@compiled_loop(nogil=True)
def _count(now, flights, starts, delays):  # type: ignore[no-untyped-def]
    """Return how many synapses are reached in step `now`; see `_reach`."""
    n_pre, found = starts.shape[0] - 1, 0
    for k in range(flights.shape[1]):
        end, age = starts[flights[0, k] % n_pre + 1], now - flights[2, k]
        s = flights[1, k]
        while s < end and delays[s] == age:
            s += 1
        found += s - flights[1, k]
    return found


@compiled_loop(nogil=True)
def _reach(now, flights, starts, delays, copies, synapses):  # type: ignore[no-untyped-def]
    """Write the synapses that are reached in step `now` and move on; returns how many spikes are still under way.

    Parameters
    ----------
    now : int
    flights : (3, spike) array of int64
        Indices ``copy * pre + unit`` in the order of sending, the next synapse of each, and the step of sending.
        Changed in place: those still under way are moved to the front.
    starts, delays : array
        As in `Rows`.
    copies, synapses : (event,) array
        Filled.
    """
    n_pre, left, n = starts.shape[0] - 1, 0, 0
    for k in range(flights.shape[1]):
        copy = flights[0, k] // n_pre
        end, age = starts[flights[0, k] - copy * n_pre + 1], now - flights[2, k]
        s = flights[1, k]
        while s < end and delays[s] == age:
            copies[n], synapses[n] = copy, s
            n += 1
            s += 1
        if s < end:
            flights[0, left], flights[1, left], flights[2, left] = flights[0, k], s, flights[2, k]
            left += 1
    return left


class SpreadSpikes:
    """Spikes under way to synapses that learn; those of each spike are in the order of their delays.

    Parameters
    ----------
    rows : Rows
    delays : (synapse,) array
        In steps, ascending within a row.
    late : int
        How many steps after the arrival of a spike it counts.
    """

    def __init__(self, rows: Rows, delays: np.ndarray, late: int = 0) -> None:
        self._rows, self._delays, self._late = rows, delays, late
        self.clear()

    def clear(self) -> None:
        """Forget what is under way."""
        self._flights, self._step = np.zeros((3, 0), dtype=np.int64), 0

    def exchange(self, sent: np.ndarray) -> Places:
        """Take in the spikes that leave in this step, ``copy * pre + unit``, and return the synapses reached in it."""
        if len(sent):
            new = np.array([sent, self._rows.starts[sent % self._rows.shape[0]], np.full(len(sent), self._step)])
            self._flights = np.concatenate([self._flights, new], axis=1)
        seen = self._step - self._late
        self._step += 1
        reached = _count(seen, self._flights, self._rows.starts, self._delays)
        copies, synapses = np.empty(reached, dtype=np.int64), np.empty(reached, dtype=np.int64)
        left = _reach(seen, self._flights, self._rows.starts, self._delays, copies, synapses)
        self._flights = self._flights[:, :left]
        return copies, synapses

    def state(self) -> Arrays:
        """Return the spikes, where each has come to, and how many steps ago it was sent."""
        spikes, synapses, sent = self._flights
        return {"spikes": spikes.copy(), "synapses": synapses.copy(), "ages": self._step - sent}

    def restore(self, saved: Arrays, units: int) -> None:
        """Put under way what `state` returned; `units` are those of the source, in all copies.

        Raises
        ------
        ForeignState
            If these are spikes of other units, or on other synapses.
        """
        spikes, synapses, ages = (find(name, saved) for name in ("spikes", "synapses", "ages"))
        if not len(spikes) == len(synapses) == len(ages):
            raise ForeignState("the spikes in transit to learning synapses belong to another circuit")
        rows, starts = spikes % self._rows.shape[0], self._rows.starts
        known = np.all((spikes >= 0) & (spikes < units))
        if not known or np.any(synapses < starts[rows]) or np.any(synapses > starts[rows + 1]):
            raise ForeignState("the spikes in transit to learning synapses belong to other units or synapses")
        self.clear()
        self._flights = np.array([spikes, synapses, -ages], dtype=np.int64)


class SpreadPast:
    """What presynaptic units were, for as long as any synapse may ask: each sees them as late as its delay.

    Parameters
    ----------
    rows : Rows
    delays : (synapse,) array
        In steps.
    sides : int
        How many values of the units there are.
    late : int
        How much later than by their delays synapses see them, in steps.
    """

    def __init__(self, rows: Rows, delays: np.ndarray, sides: int, late: int = 0) -> None:
        self._pres, self._delays, self._late = rows.pres, delays, late
        self._length = int(delays.max(initial=0)) + late + 1
        self._past: list[np.ndarray | None] = [None] * sides
        self._place = [0] * sides
        self.clear()

    def clear(self) -> None:
        """Begin anew: before the first step all was as in it, but that nothing spiked."""
        self._past = [None] * len(self._past)

    def take_in(self, side: int, now: np.ndarray, before: Callable[[], np.ndarray]) -> None:
        """Take in what units are in this step, (copy, pre); `before` tells what was earlier."""
        past = self._past[side]
        if past is None:
            past = self._past[side] = np.array(np.broadcast_to(before(), (self._length, *now.shape)))
        self._place[side] = (self._place[side] + 1) % self._length
        past[self._place[side]] = now

    def at(self, side: int, places: Places) -> np.ndarray:
        """Return what synapses see in this step, (event,)."""
        past, (copies, synapses) = self._past[side], places
        assert past is not None
        steps = self._place[side] - self._late - self._delays[synapses].astype(np.int64)
        seen: np.ndarray = past[steps % self._length, copies, self._pres[synapses]]
        return seen

    def state(self) -> Arrays:
        """Return all that is kept: for every value a (step, copy, pre) array, the oldest first."""
        kept = zip(self._past, self._place, strict=True)
        return {
            f"past_{k}": np.roll(past, -place - 1, axis=0) for k, (past, place) in enumerate(kept) if past is not None
        }

    def restore(self, saved: Arrays) -> None:
        """Keep what `state` returned.

        Raises
        ------
        ForeignState
            If it was of other delays.
        """
        self.clear()
        for k in range(len(self._past)):
            if f"past_{k}" in saved:
                values = np.array(find(f"past_{k}", saved))
                if len(values) != self._length:
                    raise ForeignState("the values that learning synapses read from their units belong to other delays")
                self._past[k], self._place[k] = values, self._length - 1
