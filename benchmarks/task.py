"""The task of every engine: two hidden areas of LIF units, the same weights, the same input spikes."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

DECAY = math.exp(-1.0 / 4.5)  # membrane time constant 4.5 ms, step 1 ms
INPUT_RATE = 0.03  # spikes per unit and step
HIDDEN_RATE = 0.10


@dataclass(frozen=True)
class Task:
    """Weights and input spikes of one round of presentations.

    Parameters
    ----------
    spikes : (step, copy, unit) bool array
        Input spikes.
    weights : tuple of (pre, post) float32 arrays
        From the input to the first hidden area, from there to the second.
    """

    spikes: np.ndarray
    weights: tuple[np.ndarray, ...]

    @property
    def steps(self) -> int:
        """Time steps of a presentation."""
        return int(self.spikes.shape[0])

    @property
    def copies(self) -> int:
        """Presentations in a round."""
        return int(self.spikes.shape[1])


def make_task(sizes: tuple[int, ...] = (784, 500, 500), copies: int = 400, steps: int = 30, seed: int = 1) -> Task:
    """Draw input spikes, and weights scaled so that every hidden area fires at `HIDDEN_RATE`."""
    rng = np.random.default_rng(seed)
    spikes = rng.random((steps, copies, sizes[0])) < INPUT_RATE
    weights = []
    arriving = spikes.astype(np.float32)
    for pre, post in itertools.pairwise(sizes):
        drawn = rng.normal(size=(pre, post)).astype(np.float32)
        scale = _scale_for_rate(arriving @ drawn)
        weights.append(drawn * np.float32(scale))
        arriving = fire(arriving @ weights[-1]).astype(np.float32)
    return Task(spikes, tuple(weights))


def fire(arriving: np.ndarray) -> np.ndarray:
    """Return the spikes of units that receive `arriving`, (step, copy, unit); it acts one step later."""
    potential = np.zeros_like(arriving[0])
    spikes = np.zeros(arriving.shape, dtype=bool)
    for step in range(len(arriving)):
        potential *= np.float32(DECAY)
        spikes[step] = potential > 1
        potential += arriving[step]
        potential -= spikes[step]
    return spikes


def _scale_for_rate(arriving: np.ndarray) -> float:
    """Return the factor on `arriving` at which units fire at `HIDDEN_RATE`: bisection on some copies."""
    few = arriving[:, :20]
    low, high = 1e-4, 1e2
    for _ in range(40):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if fire(few * np.float32(middle)).mean() < HIDDEN_RATE else (low, middle)
    return high
