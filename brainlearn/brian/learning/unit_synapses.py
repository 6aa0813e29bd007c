"""The synapses of every unit of one side of a projection."""

from __future__ import annotations

import numpy as np


class UnitSynapses:
    """Where the synapses of every unit are in a list of them.

    Parameters
    ----------
    units : (synapse,) array of int
        The unit that each belongs to.
    size : int
        How many units there are.

    Attributes
    ----------
    starts : (unit + 1,) array of int
        Where those of each unit begin in `order`.
    order : (synapse,) array of int
        The synapses of the first unit, then those of the second, and so on.
    """

    def __init__(self, units: np.ndarray, size: int) -> None:
        self.starts = np.concatenate([[0], np.cumsum(np.bincount(units, minlength=size))])
        sorted_already = bool(np.all(units[1:] >= units[:-1]))
        self.order = np.arange(len(units)) if sorted_already else np.argsort(units, kind="stable")

    def of(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the synapses of `units` one after the other, and how many each has."""
        return synapses_of(units, self.starts, self.order)


def synapses_of(units: np.ndarray, starts: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the synapses of `units` one after the other, and how many each has.

    Parameters
    ----------
    units : (some,) array of int
    starts, order : array
        As in `UnitSynapses`.
    """
    first = starts[units]
    lengths = starts[units + 1] - first
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return order[np.repeat(first, lengths) + within], lengths
