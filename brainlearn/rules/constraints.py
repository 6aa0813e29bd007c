"""What happens between a rule's proposal and the weights: a chain of small steps, each one line in a file.

Every element is called in turn with the proposed change and may replace it; after the chain the change is added, and
elements that bound weights then act on the result. The factor is the training schedule's, 1 at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np


class Constraint(Protocol):
    """One element of the chain; its arrays belong to one projection."""

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Return the change to make instead of `change`, (pre, post); may overwrite `change`."""
        ...

    def bound(self, weights: np.ndarray) -> None:
        """Bring `weights`, (pre, post), back to where they may be, in place."""
        ...


class Scaled:
    """Plain step: the change times `size`."""

    def __init__(self, size: float = 0.01) -> None:
        self.size = size

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Scale the change."""
        change *= self.size * factor
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Momentum:
    """Average of the changes so far, ``rate * old + (1 - rate) * new``."""

    def __init__(self, rate: float = 0.9) -> None:
        self.rate = rate
        self._mean: np.ndarray | None = None

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Average with the past."""
        if self._mean is None:
            self._mean = np.zeros_like(change)
        self._mean *= self.rate
        self._mean += (1 - self.rate) * change
        return self._mean.copy()

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Adam:
    """Step of a size of its own for every synapse: mean change over its root mean square, times `size`.

    Source: Kingma & Ba 2015, arXiv 1412.6980, algorithm 1. Each synapse needs only its own past.
    """

    def __init__(self, size: float = 1e-3, mean: float = 0.9, square: float = 0.999, small: float = 1e-8) -> None:
        self.size, self.mean, self.square, self.small = size, mean, square, small
        self.count = 0
        self._first: np.ndarray | None = None
        self._second: np.ndarray | None = None
        self._work: np.ndarray | None = None

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Replace the change by the adaptive step."""
        if self._first is None or self._second is None or self._work is None:
            self._first, self._second, self._work = (np.zeros_like(change) for _ in range(3))
        self.count += 1
        first, second, work = self._first, self._second, self._work
        np.subtract(change, first, out=work)
        work *= 1 - self.mean
        first += work
        np.multiply(change, change, out=change)
        change -= second
        change *= 1 - self.square
        second += change
        np.sqrt(second, out=work)
        work *= 1 / np.sqrt(1 - self.square**self.count)
        work += self.small
        np.divide(first, work, out=change)
        change *= self.size * factor / (1 - self.mean**self.count)
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Decay:
    """Weights shrink by the share `rate` at each change."""

    def __init__(self, rate: float = 1e-4) -> None:
        self.rate = rate

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Subtract a share of the weights."""
        change -= (self.rate * factor) * weights
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Clip:
    """Weights stay between `low` and `high`."""

    def __init__(self, low: float = -1.0, high: float = 1.0) -> None:
        if low > high:
            raise ValueError(f"low ({low:g}) is above high ({high:g})")
        self.low, self.high = low, high

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Leave the change."""
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Clip the weights."""
        np.clip(weights, self.low, self.high, out=weights)


class DaleSign:
    """Weights never change sign: an excitatory projection stays at or above 0, an inhibitory one at or below."""

    def __init__(self, sign: str) -> None:
        if sign not in ("excitatory", "inhibitory"):
            raise ValueError(f'sign is "{sign}"; allowed: excitatory, inhibitory')
        self.sign = sign

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Leave the change."""
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Cut off what has crossed 0."""
        limit = np.maximum if self.sign == "excitatory" else np.minimum
        limit(weights, 0, out=weights)


CONSTRAINTS: Mapping[str, Any] = MappingProxyType(
    {"step": Scaled, "momentum": Momentum, "adam": Adam, "decay": Decay, "clip": Clip, "dale_sign": DaleSign}
)


def build_constraint(name: str, settings: Mapping[str, Any]) -> Constraint:
    """Return a new element of the chain.

    Raises
    ------
    KeyError, TypeError, ValueError
        Unknown name, unknown setting, or a setting that makes no sense.
    """
    constraint: Constraint = CONSTRAINTS[name](**settings)
    return constraint
