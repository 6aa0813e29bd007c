"""What synapses see of their presynaptic units: what was true when that left which arrives now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from brainlearn.saved_state import Arrays, ForeignState, find


class Arriving:
    """Presynaptic sides of terms on spikes, in transit for as long as spikes are.

    Parameters
    ----------
    steps : int
        The delay of the projection.
    terms : iterable of int
        The numbers of the terms.
    shape : (int, int)
        Copies and presynaptic units.
    dtype : numpy type

    Attributes
    ----------
    held : dict of int to (steps + 1, copy, pre) array
        By term, what units were in the last steps; steps take turns.
    place : (2,) array of int64
        Whether anything is held yet, and where that of the last step is.
    """

    def __init__(self, steps: int, terms: Iterable[int], shape: tuple[int, int], dtype: Any) -> None:
        self.steps = steps
        self.held: dict[int, np.ndarray] = {k: np.zeros((steps + 1, *shape), dtype=dtype) for k in terms}
        self.place = np.zeros(2, dtype=np.int64)

    def clear(self) -> None:
        """Start over: before the first step, values were as in it, and nothing spiked."""
        self.place[0] = 0

    def restart(self, copies: np.ndarray, before: Callable[[int], np.ndarray]) -> None:
        """Let all that is in transit in some copies, (copy,) bool, be as `before` says, as in `exchange`."""
        for k, held in self.held.items() if self.place[0] else ():
            held[:, copies] = before(k)[copies]

    def exchange(self, sent: Callable[[int], np.ndarray], before: Callable[[int], np.ndarray]) -> dict[int, np.ndarray]:
        """Take in what leaves in this step and return what arrives, until the next step.

        Parameters
        ----------
        sent, before : callable
            Return what units are in this step, (copy, pre), and what they were earlier, of a term by its number.
        """
        if not self.place[0]:
            for k, held in self.held.items():
                held[:] = before(k)
        turn = (int(self.place[1]) + 1) % (self.steps + 1)
        self.place[:] = 1, turn
        for k, held in self.held.items():
            held[turn] = sent(k)
        return {k: held[(turn + 1) % (self.steps + 1)] for k, held in self.held.items()}

    def state(self) -> Arrays:
        """Return what is in transit: for every term a (step, copy, pre) array, the oldest first."""
        if not self.place[0]:
            return {}
        return {f"arriving_{k}": np.roll(held, -1 - self.place[1], axis=0)[1:] for k, held in self.held.items()}

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned.

        Raises
        ------
        ForeignState
            If it was of another delay.
        """
        self.clear()
        for k, held in self.held.items():
            if f"arriving_{k}" in saved:
                values = find(f"arriving_{k}", saved)
                if len(values) != self.steps:
                    raise ForeignState("the spikes in transit to learning synapses belong to another delay")
                held[1:] = values
                self.place[:] = 1, self.steps
