"""What a rule changes in stock `brian2.Synapses`, synapse by synapse, and its sums over copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2 import Synapses

from brainlearn.reserved import reserved

CHANGE, RATE = reserved("change"), reserved("rate_of_change")
GATHERED, GATHERING = reserved("gathered"), reserved("gathering")


class StockChanges:
    """Variables of synapses that a rule writes to, summed over copies as weights are.

    Parameters
    ----------
    synapses : brian2.Synapses
        Those of all copies, one copy after the other.
    phase_end : sequence of str
        Terms for the end of a phase, as text of the synapses.
    like : array
        As large as the weights, and of their type.
    at : index
        Where the weight of each synapse of a copy is.
    copies : int
    kernels : bool
        Whether many synapses have one weight.
    """

    def __init__(
        self, synapses: Synapses, phase_end: Sequence[str], like: np.ndarray, at: Any, copies: int, kernels: bool
    ) -> None:
        self._synapses, self._phase_end, self._copies = synapses, phase_end, copies
        self._like, self._at, self._kernels = like, at, kernels

    def propose(self, taking_part: np.ndarray) -> np.ndarray:
        """Evaluate the terms for the end of a phase, synapse by synapse, in Brian2.

        Parameters
        ----------
        taking_part : (copy,) bool array

        Returns
        -------
        (pre, post) array
            Sum over the copies that take part.
        """
        total = np.zeros_like(self._like)
        for product in self._phase_end:
            getattr(self._synapses, CHANGE).set_item(slice(None), product, namespace={})
            total += self.take_changes(taking_part)
        return total

    def take_changes(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum of changes over copies, (pre, post), and set them to 0."""
        return self._sum_up(CHANGE, taking_part)

    def take_rates(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over copies of the rate of change of the weight as this step began, (pre, post) [1/s]."""
        return self._sum_up(RATE, taking_part)

    def begin(self, taking_part: np.ndarray) -> None:
        """Add up the step terms from now on if any copy takes part, (copy,) bool array."""
        self._array(GATHERED)[:] = 0
        self._array(GATHERING)[:] = bool(taking_part.any())

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum of the step terms over steps and copies since `begin`, (pre, post)."""
        return self._sum_up(GATHERED, taking_part)

    def _sum_up(self, name: str, taking_part: np.ndarray) -> np.ndarray:
        values, total = self._array(name), np.zeros_like(self._like)
        summed = values.reshape(self._copies, -1)[taking_part].sum(axis=0)
        if self._kernels:
            np.add.at(total, self._at, summed)
        else:
            total[self._at] = summed
        values[:] = 0
        return total

    def _array(self, name: str) -> np.ndarray:
        values: np.ndarray = self._synapses.variables[name].get_value()
        return values
