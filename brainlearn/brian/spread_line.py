"""Spikes under way to synapses that each have a delay of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.brian.delay_line import Volley
from brainlearn.brian.delivery import add_arriving
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
    statements : int
        Statements of the synapses.
    dtype : numpy type
        Of the factors that a spike carries.
    """

    def __init__(self, rows: Rows, statements: int, dtype: Any) -> None:
        assert rows.delays is not None
        self._rows, self._delays = rows, rows.delays
        self._flights = np.zeros((3, 64), dtype=np.int64)  # spike, next synapse, step of sending
        self._factors = np.zeros((statements, 64), dtype=dtype)
        self._count, self._now = 0, 0

    def clear(self) -> None:
        """Forget what is under way."""
        self._count = 0

    def deliver(self, sent: Volley, weights: np.ndarray, targets: Sequence[np.ndarray]) -> None:
        """Take in what leaves in this step, and add what arrives to the targets of the statements, (copy, post)."""
        self._now += 1
        if len(sent.spikes):
            self._take(sent)
        if self._count:
            rows = self._rows
            self._count = add_arriving(
                self._now, self._flights, self._count, self._factors,
                rows.starts, rows.posts, weights, self._delays, tuple(targets),
            )  # fmt: skip

    def _take(self, sent: Volley) -> None:
        first, last = self._count, self._count + len(sent.spikes)
        if last > self._flights.shape[1]:
            self._make_room(last)
        self._flights[0, first:last] = sent.spikes
        self._flights[1, first:last] = self._rows.starts[sent.spikes % self._rows.shape[0]]
        self._flights[2, first:last] = self._now
        for held, factor in zip(self._factors, sent.factors, strict=True):
            held[first:last] = factor
        self._count = last

    def _make_room(self, spikes: int) -> None:
        more = ((0, 0), (0, 2 * spikes - self._flights.shape[1]))
        self._flights, self._factors = np.pad(self._flights, more), np.pad(self._factors, more)

    def state(self) -> Arrays:
        """Return the spikes, where each has come to, how many steps ago it was sent, and what it carries."""
        spikes, synapses, sent = self._flights[:, : self._count]
        return {
            "spikes": spikes.copy(),
            "synapses": synapses.copy(),
            "ages": self._now - sent,
            "factors": self._factors[:, : self._count].copy(),
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
        self._count = number
