"""Spikes in transit to synapses that share one delay and one constant factor, in arrays for loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.brian.delay_line import Volley
from brainlearn.brian.shared_weights import SharedWeights
from brainlearn.brian.stretch.part import Part, address
from brainlearn.saved_state import Arrays, ForeignState, find


class RowLine:
    """What is in transit for a fixed number of steps; does what `DelayLine` does.

    Parameters
    ----------
    steps : int
        From spike to arrival.
    factor : float
        What multiplies the weights.
    dtype : numpy type
        Of the weights.

    Attributes
    ----------
    held : (room,) array of int32
        Indices ``copy * pre + unit`` of the spikes in transit, in the order of sending, from `place` on.
    lengths : (steps,) array of int64
        How many were sent in each of the last steps, in turn.
    place : (3,) array of int64
        Where the spikes in transit begin and end in `held`, and whose turn it is in `lengths`.
    factor : (1,) array
    held_at : (2,) array of int64
        Address and length of `held`, for loops that are told once: `held` is replaced where there is no room.
    """

    def __init__(self, steps: int, factor: float, dtype: Any) -> None:
        self.steps, self.factor = steps, np.array([factor], dtype=dtype)
        self.held_at = np.zeros(2, dtype=np.int64)
        self._hold(64)
        self.lengths = np.zeros(steps, dtype=np.int64)
        self.place = np.zeros(3, dtype=np.int64)

    def _hold(self, room: int) -> None:
        self.held = np.zeros(room, dtype=np.int32)
        self.held_at[:] = address(self.held), room

    def clear(self) -> None:
        """Discard what is in transit."""
        self.lengths[:] = self.place[:] = 0

    def next_spikes(self, sent: np.ndarray) -> np.ndarray:
        """Return the spikes that arrive in this step, if `sent` are those that leave; until the next step."""
        if not self.steps:
            return sent
        begin, _, turn = self.place.tolist()
        return self.held[begin : begin + self.lengths[turn]]

    def exchange(self, sent: Volley) -> Volley:
        """Take in what leaves in this step, and return what arrives."""
        if not self.steps:
            return sent
        number = len(sent.spikes)
        self.make_room(number)
        arriving = self.next_spikes(sent.spikes)
        begin, end, turn = self.place.tolist()
        self.held[end : end + number] = sent.spikes
        self.lengths[turn] = number
        self.place[:] = begin + len(arriving), end + number, (turn + 1) % self.steps
        return Volley(arriving, [float(self.factor[0])])

    def make_room(self, number: int) -> None:
        """Make room for a number of spikes in addition to those in transit."""
        begin, end, _ = self.place.tolist()
        if end + number > len(self.held):
            kept = self.held[begin:end]
            self._hold(2 * (len(kept) + number) + 64)
            self.held[: len(kept)] = kept
            self.place[:2] = 0, len(kept)

    def part(self, space: np.ndarray, synapses: SharedWeights, target: np.ndarray) -> Part:
        """Return the part of a projection in a step.

        Parameters
        ----------
        space : (neuron + 1,) array of int32
            The units that spiked, and last how many.
        synapses : SharedWeights
        target : (copy, post) array
            The variable that weights are added to.
        """
        from brainlearn.brian.stretch.compiled_parts import carry_matrix, carry_rows

        rows = synapses.rows
        ends = [synapses.values] if rows is None else [synapses.values, rows.starts, rows.posts]

        def row() -> list[int]:
            arrays = space, self.held, self.lengths, self.place, self.factor, target
            sizes = len(space) - 1, len(self.held), self.steps, *synapses.shape
            return [*map(address, arrays), *sizes, *map(address, ends)]

        loop, example = carry_matrix if rows is None else carry_rows, synapses.values.reshape(-1)[:0]
        return Part(loop, row, (), (example,), lambda: self.make_room(int(space[-1])))

    def state(self) -> Arrays:
        """Return all spikes one after the other, their factors (1, spike), and how many there are a step."""
        begin, end, turn = self.place.tolist()
        spikes = self.held[begin:end].copy()
        factors = np.full((1, len(spikes)), float(self.factor[0]))
        return {"spikes": spikes, "lengths": np.roll(self.lengths, -turn), "factors": factors}

    def restore(self, saved: Arrays, units: int, dtype: Any) -> None:
        """Restore what `state` returned; `units` are those of the source, in all copies.

        Raises
        ------
        ForeignState
            If these are spikes of other units, or of another delay.
        """
        lengths, spikes, factors = (find(name, saved) for name in ("lengths", "spikes", "factors"))
        known = len(spikes) == 0 or 0 <= spikes.min() <= spikes.max() < units
        if lengths.sum() != len(spikes) or factors.shape != (1, len(spikes)) or not known:
            raise ForeignState("the spikes in transit belong to other units")
        if len(lengths) != self.steps:
            raise ForeignState("the spikes in transit belong to another delay")
        self.clear()
        self.make_room(len(spikes))
        self.held[: len(spikes)], self.lengths[:] = spikes, lengths
        self.place[1] = len(spikes)
