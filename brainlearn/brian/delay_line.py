"""Spikes in transit: who sent them, and what each carries, from the step of the spike to its arrival."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import Quantity, second
from brian2.units.fundamentalunits import have_same_dimensions

from brainlearn.saved_state import Arrays, ForeignState, find


@dataclass
class Volley:
    """The spikes of one step.

    Parameters
    ----------
    spikes : (spike,) int array
        Indices ``copy * pre + unit``.
    factors : list of float or (spike,) array
        For every statement of the synapses, what multiplies the weight: as it was when the spikes were sent.
    """

    spikes: np.ndarray
    factors: Sequence[Any]


@dataclass
class DelayLine:
    """What is in transit for a fixed number of steps.

    Parameters
    ----------
    steps : int
        From spike to arrival.
    statements : int
        Statements of the synapses.
    """

    steps: int
    statements: int
    _volleys: deque[Volley] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Discard what is in transit."""
        nothing = Volley(np.empty(0, dtype=np.int32), [0.0] * self.statements)
        self._volleys = deque([nothing] * self.steps)

    def next_spikes(self, sent: np.ndarray) -> np.ndarray:
        """Return the spikes that arrive in this step, if `sent` are those that leave."""
        return self._volleys[0].spikes if self.steps else sent

    def exchange(self, sent: Volley) -> Volley:
        """Take in what leaves in this step, and return what arrives."""
        if not self.steps:
            return sent
        factors = [np.array(factor) for factor in sent.factors]
        self._volleys.append(Volley(np.array(sent.spikes), factors))
        return self._volleys.popleft()

    def state(self) -> Arrays:
        """Return all spikes one after the other, their factors (statement, spike), and how many there are a step."""
        lengths = np.array([len(volley.spikes) for volley in self._volleys], dtype=np.int64)
        spikes = np.concatenate([np.empty(0, dtype=np.int32), *(volley.spikes for volley in self._volleys)])
        factors = [
            np.concatenate([np.empty(0), *(np.broadcast_to(v.factors[k], v.spikes.shape) for v in self._volleys)])
            for k in range(self.statements)
        ]
        return {
            "spikes": spikes,
            "lengths": lengths,
            "factors": np.array(factors).reshape(self.statements, len(spikes)),
        }

    def restore(self, saved: Arrays, units: int, dtype: Any) -> None:
        """Restore what `state` returned.

        Parameters
        ----------
        saved : dict of str to array
        units : int
            Of the source, in all copies.
        dtype : numpy type
            Of the factors.

        Raises
        ------
        ForeignState
            If these are spikes of other units, or of another delay.
        """
        lengths, spikes, factors = (find(name, saved) for name in ("lengths", "spikes", "factors"))
        known = len(spikes) == 0 or 0 <= spikes.min() <= spikes.max() < units
        if lengths.sum() != len(spikes) or factors.shape != (self.statements, len(spikes)) or not known:
            raise ForeignState("the spikes in transit belong to other units")
        if len(lengths) != self.steps:
            raise ForeignState("the spikes in transit belong to another delay")
        ends = np.cumsum(lengths)[:-1]
        parts = zip(np.split(spikes, ends), np.split(factors.astype(dtype), ends, axis=1), strict=True)
        self._volleys = deque(Volley(s, list(f)) for s, f in parts) if self.steps else deque()


def delay_steps(delay: float, dt: float) -> int:
    """Return a delay [s] in time steps of `dt` [s]; half a step more is one more, as in `brian2.Synapses`."""
    return int(delay / dt + 0.5)


def checked_delay(delay: Quantity) -> Quantity:
    """Return a delay; ValueError if it is no time of at least 0 s."""
    if not have_same_dimensions(delay, second) or float(delay) < 0:
        raise ValueError(f"the delay must be a time of at least 0 s; found {delay}")
    return delay
