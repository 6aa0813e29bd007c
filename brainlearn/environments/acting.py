"""Decoders: from the activity of action populations to the action of every copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.environments.spaces import Box, Discrete, Space

DISCRETE = ("argmax", "softmax")
CHOICES = (*DISCRETE, "population_vector")


@dataclass(frozen=True)
class Decoding:
    """How activity becomes an action.

    Parameters
    ----------
    choice : "argmax", "softmax" or "population_vector"
        The action whose units are most active, one drawn by its activity, or the mean of what units stand for.
    space : Box or Discrete
        Of actions.
    temperature : float
        Of softmax, in spikes of a unit in the window (graded: in activity).
    """

    choice: str
    space: Space
    temperature: float = 1.0

    def actions(self, activity: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
        """Return the action of every copy, (copy,) int or (copy, dimension) float array.

        Parameters
        ----------
        activity : sequence of (copy, unit) arrays
            Of each action population: spikes in the window, or output.
        rng : Generator
            Draws actions, and which of equals is taken.
        """
        if isinstance(self.space, Discrete):
            scores = scores_of(activity, self.space.n)
            return drawn(scores / self.temperature, rng) if self.choice == "softmax" else greatest(scores, rng)
        return population_vector(np.concatenate(activity, axis=1), self.space)


def scores_of(activity: Sequence[np.ndarray], actions: int) -> np.ndarray:
    """Return the mean activity of the units of each action, (copy, action): a population each, or parts of one."""
    parts = np.split(activity[0], actions, axis=1) if len(activity) == 1 else activity
    return np.stack([part.mean(axis=1, dtype=float) for part in parts], axis=1)


def greatest(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the action of the greatest score, (copy,); one of equals is drawn."""
    ties = scores == scores.max(axis=1, keepdims=True)
    found: np.ndarray = np.where(ties, rng.random(scores.shape), -1.0).argmax(axis=1)
    return found


def drawn(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return actions drawn with probabilities proportional to the exponential of their scores, (copy,)."""
    gumbel: np.ndarray = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)
    return gumbel


def population_vector(activity: np.ndarray, space: Box) -> np.ndarray:
    """Return the mean of the values that units represent, weighted with their activity, (copy, dimension).

    For one number the units stand for values from the lowest to the highest, at equal distances; for two for
    directions around the middle of the box, from that of the first number on. Without activity it is the middle.
    """
    preferred = preferences(activity.shape[1], space)
    total = activity.sum(axis=1, keepdims=True, dtype=float)
    middle = preferred.mean(axis=0)
    return middle + np.divide(
        activity @ (preferred - middle), total, out=np.zeros((len(total), space.size)), where=total > 0
    )


def preferences(units: int, space: Box) -> np.ndarray:
    """Return the value that each unit represents, (unit, dimension)."""
    low, high = np.asarray(space.low), np.asarray(space.high)
    if space.size == 1:
        return np.linspace(low, high, units)
    angles = 2 * np.pi * np.arange(units) / units
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (low + high) / 2 + (high - low) / 2 * around
