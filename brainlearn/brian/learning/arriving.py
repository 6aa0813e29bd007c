"""What synapses see of their presynaptic units: what was true when that left which arrives now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from brainlearn.saved_state import Arrays, ForeignState, find


class Arriving:
    """Presynaptic sides of terms on spikes, under way for as long as spikes are.

    Parameters
    ----------
    steps : int
        The delay of the projection.
    terms : int
        How many terms there are.
    """

    def __init__(self, steps: int, terms: int) -> None:
        self.steps, self.terms = steps, terms
        self._lines: list[deque[np.ndarray]] = []
        self.clear()

    def clear(self) -> None:
        """Begin anew: before the first step all was as in it, but that nothing spiked."""
        self._lines = [deque() for _ in range(self.terms)]

    def exchange(self, term: int, sent: np.ndarray, before: Callable[[], np.ndarray]) -> np.ndarray:
        """Take in what leaves in this step, (copy, pre), and return what arrives; `before` tells what was earlier."""
        line = self._lines[term]
        if not line:
            line.extend([np.array(before())] * self.steps)
        line.append(np.array(sent))
        return line.popleft()

    def state(self) -> Arrays:
        """Return what is under way: for every term a (step, copy, pre) array."""
        return {f"arriving_{k}": np.array(line) for k, line in enumerate(self._lines) if line}

    def restore(self, saved: Arrays) -> None:
        """Put under way what `state` returned.

        Raises
        ------
        ForeignState
            If it was of another delay.
        """
        self.clear()
        for k, line in enumerate(self._lines):
            if f"arriving_{k}" in saved:
                values = find(f"arriving_{k}", saved)
                if len(values) != self.steps:
                    raise ForeignState("the spikes in transit to learning synapses belong to another delay")
                line.extend(values)
