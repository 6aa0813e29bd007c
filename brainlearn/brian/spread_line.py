"""Spikes in transit to synapses that each have their own delay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.delivery import carry
from brainlearn.circuit.rows import Rows
from brainlearn.saved_state import Arrays, ForeignState, find


class SpreadLine:
    """What is in transit on rows of synapses, which every spike reaches in turn.

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
    ends : tuple
        Starts, targets, weights and delays of the synapses, and a tuple of the arrays that they add to.
    flights : (3, spike) array of int64
        Spikes in transit, in order of sending: ``copy * pre + unit``, the next synapse, and the step of sending; and
        room for more.
    factors : (statement, spike) array
        What multiplies the weights.
    place : (2,) array of int64
        Number of spikes in transit, and the current step.
    """

    def __init__(self, rows: Rows, weights: np.ndarray, targets: Sequence[np.ndarray]) -> None:
        self._rows = rows
        self.ends = rows.starts, rows.posts, weights, rows.delays, tuple(targets)
        self.flights = np.zeros((3, 64), dtype=np.int64)
        self.factors = np.zeros((len(targets), 64), dtype=targets[0].dtype)
        self.place = np.zeros(2, dtype=np.int64)

    def clear(self) -> None:
        """Discard what is in transit."""
        self.place[0] = 0

    def step(self, sent: np.ndarray, factors: Sequence[Any]) -> None:
        """Take in what leaves in this step, with the factor of every statement, and add what arrives."""
        self.place[1] += 1
        count, now = self.place.tolist()
        if number := len(sent):
            self.make_room(number)
            for held, factor in zip(self.factors, factors, strict=True):
                held[count : count + number] = factor
        if count or number:
            self.place[0] = carry(now, sent, self.flights, count, self.factors, *self.ends)

    def make_room(self, number: int) -> None:
        """Make room for a number of spikes in addition to those in transit."""
        needed = int(self.place[0]) + number
        if needed > self.flights.shape[1]:
            more = ((0, 0), (0, 2 * needed - self.flights.shape[1]))
            self.flights, self.factors = np.pad(self.flights, more), np.pad(self.factors, more)

    def state(self) -> Arrays:
        """Return the spikes, where each has come to, how many steps ago it was sent, and what it carries."""
        count, now = self.place.tolist()
        spikes, synapses, sent = self.flights[:, :count]
        return {
            "spikes": spikes.copy(),
            "synapses": synapses.copy(),
            "ages": now - sent,
            "factors": self.factors[:, :count].copy(),
        }

    def restore(self, saved: Arrays, units: int) -> None:
        """Restore what `state` returned; `units` are those of the source, in all copies.

        Raises
        ------
        ForeignState
            If these are spikes of other units, or on other synapses.
        """
        spikes, synapses, ages, factors = (find(name, saved) for name in ("spikes", "synapses", "ages", "factors"))
        number = len(spikes)
        alike = len(synapses) == len(ages) == number and factors.shape == (len(self.factors), number)
        if not alike or (number and not 0 <= spikes.min() <= spikes.max() < units):
            raise ForeignState("the spikes in transit belong to other units")
        rows = spikes % self._rows.shape[0]
        if np.any(synapses < self._rows.starts[rows]) or np.any(synapses > self._rows.starts[rows + 1]):
            raise ForeignState("the spikes in transit belong to other synapses")
        self.clear()
        self.make_room(number)
        self.flights[:, :number] = spikes, synapses, self.place[1] - ages
        self.factors[:, :number] = factors
        self.place[0] = number
