"""What synapses see of their presynaptic units where each has its own delay: spikes, and what was then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from brainlearn.brian.stretch.part import address
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
def _count(now, flights, count, starts, delays):  # type: ignore[no-untyped-def]
    """Return how many synapses are reached in step `now`; see `_reach`."""
    n_pre, found = starts.shape[0] - 1, 0
    for k in range(count):
        end, age = starts[flights[0, k] % n_pre + 1], now - flights[2, k]
        s = flights[1, k]
        while s < end and delays[s] == age:
            s += 1
        found += s - flights[1, k]
    return found


@compiled_loop(nogil=True)
def _reach(now, flights, count, starts, delays, copies, synapses):  # type: ignore[no-untyped-def]
    """Write the synapses that are reached in step `now` and move on; returns how many spikes are still in transit.

    Parameters
    ----------
    now : int
    flights : (3, room) array of int64
        Indices ``copy * pre + unit`` in the order of sending, the next synapse of each, and the step of sending.
        Changed in place: those still in transit are moved to the front.
    count : int
        How many there are.
    starts, delays : array
        As in `Rows`.
    copies, synapses : (event,) array
        Filled.
    """
    n_pre, left, n = starts.shape[0] - 1, 0, 0
    for k in range(count):
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
    """Spikes in transit to synapses that learn; those of each spike are in the order of their delays.

    Parameters
    ----------
    rows : Rows
    delays : (synapse,) array
        In steps, ascending within a row.
    late : int
        How many steps after the arrival of a spike it counts.

    Attributes
    ----------
    flights : (3, room) array of int64
        ``copy * pre + unit``, the next synapse, and the step of sending, of every spike in transit.
    place : (2,) array of int64
        How many are in transit, and the step that comes next.
    flights_at : (2,) array of int64
        Address and room of `flights`, which is replaced where there is no room.
    """

    def __init__(self, rows: Rows, delays: np.ndarray, late: int = 0) -> None:
        self._rows, self._delays, self._late = rows, delays, late
        self.place, self.flights_at = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
        self.flights = np.zeros((3, 0), dtype=np.int64)
        self._make_room(64)

    def _make_room(self, number: int) -> None:
        """Make room for a number of spikes in addition to those in transit."""
        needed = int(self.place[0]) + number
        if needed > self.flights.shape[1]:
            self.flights = np.pad(self.flights, ((0, 0), (0, 2 * needed - self.flights.shape[1])))
            self.flights_at[:] = address(self.flights), self.flights.shape[1]

    def clear(self) -> None:
        """Discard what is in transit."""
        self.place[:] = 0

    def exchange(self, sent: np.ndarray) -> Places:
        """Take in the spikes that leave in this step, ``copy * pre + unit``, and return the synapses reached in it."""
        self._make_room(len(sent))
        first, step = self.place.tolist()
        count = first + len(sent)
        self.flights[:, first:count] = sent, self._rows.starts[sent % self._rows.shape[0]], np.full(len(sent), step)
        places = self._rows.starts, self._delays
        reached = _count(step - self._late, self.flights, count, *places)
        copies, synapses = np.empty(reached, dtype=np.int64), np.empty(reached, dtype=np.int64)
        self.place[:] = _reach(step - self._late, self.flights, count, *places, copies, synapses), step + 1
        return copies, synapses

    def state(self) -> Arrays:
        """Return the spikes, where each has come to, and how many steps ago it was sent."""
        count, step = self.place.tolist()
        spikes, synapses, sent = self.flights[:, :count]
        return {"spikes": spikes.copy(), "synapses": synapses.copy(), "ages": step - sent}

    def restore(self, saved: Arrays, units: int) -> None:
        """Restore what `state` returned; `units` are those of the source, in all copies.

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
        self._make_room(len(spikes))
        self.flights[:, : len(spikes)] = spikes, synapses, -ages
        self.place[0] = len(spikes)


class SpreadPast:
    """What presynaptic units were, for as long as any synapse may ask: each sees them as late as its delay.

    Parameters
    ----------
    rows : Rows
    delays : (synapse,) array
        In steps.
    sides : iterable of int
        Numbers of values of the units.
    shape : (int, int)
        Copies and presynaptic units.
    dtype : numpy type
    late : int
        How much later than by their delays synapses see them, in steps.

    Attributes
    ----------
    held : dict of int to (step, copy, pre) array
        By number, what units were in the last steps; steps take turns.
    sent : (step, copy, pre) bool array
        Which units spiked in those steps.
    place : (2,) array of int64
        Whether anything is held yet, and where that of the last step is.
    """

    def __init__(
        self,
        rows: Rows,
        delays: np.ndarray,
        sides: Iterable[int],
        shape: tuple[int, int],
        dtype: Any,
        late: int = 0,
    ) -> None:
        self._rows, self._delays, self._late = rows, delays, late
        self._length = int(delays.max(initial=0)) + late + 1
        self.held: dict[int, np.ndarray] = {k: np.zeros((self._length, *shape), dtype=dtype) for k in sides}
        self.sent = np.zeros((self._length, *shape), dtype=bool)
        self.place = np.zeros(2, dtype=np.int64)

    def clear(self) -> None:
        """Start over: before the first step, values were as in it, and nothing spiked."""
        self.place[0] = 0

    def restart(self, copies: np.ndarray, before: Callable[[int], np.ndarray]) -> None:
        """Let all that is kept of some copies, (copy,) bool, be as `before` says, as in `take_in`."""
        self.sent[:, copies] = False
        for k, held in self.held.items() if self.place[0] else ():
            held[:, copies] = before(k)[copies]

    def take_in(
        self, now: Callable[[int], np.ndarray], before: Callable[[int], np.ndarray], spikes: np.ndarray
    ) -> None:
        """Take in this step.

        Parameters
        ----------
        now, before : callable
            Return what units are in this step, (copy, pre), and what they were earlier, by number.
        spikes : (spike,) array of int
            The units that spike in it, ``copy * pre + unit``.
        """
        if not self.place[0]:
            self.sent[:] = False
            for k, held in self.held.items():
                held[:] = before(k)
        turn = (int(self.place[1]) + 1) % self._length
        self.place[:] = 1, turn
        for k, held in self.held.items():
            held[turn] = now(k)
        self.sent[turn] = False
        self.sent[turn].reshape(-1)[spikes] = True

    def at(self, side: int, places: Places) -> np.ndarray:
        """Return what synapses see in this step, (event,)."""
        copies, synapses = places
        steps = self.place[1] - self._late - self._delays[synapses].astype(np.int64)
        seen: np.ndarray = self.held[side][steps % self._length, copies, self._rows.pres[synapses]]
        return seen

    def state(self) -> Arrays:
        """Return all that is kept: for every value a (step, copy, pre) array, the oldest first."""
        if not self.place[0]:
            return {}
        return {f"past_{k}": np.roll(held, -1 - self.place[1], axis=0) for k, held in self.held.items()}

    def restore(self, saved: Arrays, under_way: Arrays) -> None:
        """Keep what `state` returned.

        Parameters
        ----------
        saved : dict of str to array
        under_way : dict of str to array
            The spikes that `SpreadSpikes` saved; of older ones nothing is seen any more.

        Raises
        ------
        ForeignState
            If it was of other delays.
        """
        self.clear()
        self.sent[:] = False
        for k, held in self.held.items():
            if f"past_{k}" in saved:
                values = np.array(find(f"past_{k}", saved))
                if len(values) != self._length:
                    raise ForeignState("the values that learning synapses read from their units belong to other delays")
                held[:] = values
        if all(f"past_{k}" in saved for k in self.held):
            self.place[:] = 1, self._length - 1
        if under_way:
            ages, spikes = find("ages", under_way), find("spikes", under_way)
            recent = ages <= self._length
            self.sent.reshape(self._length, -1)[self._length - ages[recent], spikes[recent]] = True
