"""Spikes under way to synapses that each have a delay of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.delivery import carry
from brainlearn.circuit.rows import Rows
from brainlearn.saved_state import Arrays, ForeignState, find


class SpreadLine:
    """What is under way on rows of synapses, which every spike reaches one after the other.

    A spike is held once, with the place that it has come to in its row. Effects are added in the order of
    `brian2.Synapses`: of what arrives in a step, first what was sent first, then by unit, then by synapse.

    Parameters
    ----------
    rows : Rows
        With delays.
    weights : (synapse,) array
        Those of now.
    targets : sequence of (copy, post) arrays
        The variable that each statement of the synapses adds to.

    Attributes
    ----------
    count : int
        Spikes under way.
    """

    def __init__(self, rows: Rows, weights: np.ndarray, targets: Sequence[np.ndarray]) -> None:
        self._rows = rows
        self._ends = rows.starts, rows.posts, weights, rows.delays, tuple(targets)
        self._flights = np.zeros((3, 64), dtype=np.int64)  # spike, next synapse, step of sending
        self._factors = np.zeros((len(targets), 64), dtype=targets[0].dtype)
        self._now, self.count = 0, 0

    def clear(self) -> None:
        """Forget what is under way."""
        self.count = 0

    def step(self, sent: np.ndarray, factors: Sequence[Any]) -> None:
        """Take in what leaves in this step, with the factor of every statement, and add what arrives."""
        self._now += 1
        if number := len(sent):
            last = self.count + number
            if last > self._flights.shape[1]:
                self._make_room(last)
            for held, factor in zip(self._factors, factors, strict=True):
                held[self.count : last] = factor
        if self.count or number:
            self.count = carry(self._now, sent, self._flights, self.count, self._factors, *self._ends)

    def _make_room(self, spikes: int) -> None:
        more = ((0, 0), (0, 2 * spikes - self._flights.shape[1]))
        self._flights, self._factors = np.pad(self._flights, more), np.pad(self._factors, more)

    def state(self) -> Arrays:
        """Return the spikes, where each has come to, how many steps ago it was sent, and what it carries."""
        spikes, synapses, sent = self._flights[:, : self.count]
        return {
            "spikes": spikes.copy(),
            "synapses": synapses.copy(),
            "ages": self._now - sent,
            "factors": self._factors[:, : self.count].copy(),
        }

    def restore(self, saved: Arrays, units: int) -> None:
        """Put under way what `state` returned; `units` are those of the source, in all copies.

        Raises
        ------
        ForeignState
            If these are spikes of other units, or on other synapses.
        """
        spikes, synapses, ages, factors = (find(name, saved) for name in ("spikes", "synapses", "ages", "factors"))
        number = len(spikes)
        alike = len(synapses) == len(ages) == number and factors.shape == (len(self._factors), number)
        if not alike or (number and not 0 <= spikes.min() <= spikes.max() < units):
            raise ForeignState("the spikes under way are those of other units")
        rows = spikes % self._rows.shape[0]
        if np.any(synapses < self._rows.starts[rows]) or np.any(synapses > self._rows.starts[rows + 1]):
            raise ForeignState("the spikes under way are those of other synapses")
        if number > self._flights.shape[1]:
            self._make_room(number)
        self._flights[:, :number] = spikes, synapses, self._now - ages
        self._factors[:, :number] = factors
        self.count = number
