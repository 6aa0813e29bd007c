"""What happens between a rule's proposal and the weights: a chain of small steps, each one line in a file.

Every element is called in turn with the proposed change and may replace it; after the chain the change is added, and
elements that bound weights then act on the result. The factor is the training schedule's, 1 at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays, ForeignState


@compiled_loop()
def _adam(change, first, second, one, mean, square, step, unbias, small):  # type: ignore[no-untyped-def]
    """Update both averages and replace the change, in one pass."""
    for i in range(change.shape[0]):
        for j in range(change.shape[1]):
            g = change[i, j]
            m = first[i, j] + (one - mean) * (g - first[i, j])
            v = second[i, j] + (one - square) * (g * g - second[i, j])
            first[i, j] = m
            second[i, j] = v
            change[i, j] = step * m / (np.sqrt(v) * unbias + small)


@compiled_loop()
def _average(change, average, one, rate):  # type: ignore[no-untyped-def]
    """Move the average towards the change, and put it in the change's place."""
    for i in range(change.shape[0]):
        for j in range(change.shape[1]):
            average[i, j] += (one - rate) * (change[i, j] - average[i, j])
            change[i, j] = average[i, j]


@compiled_loop()
def _decay(change, weights, rate):  # type: ignore[no-untyped-def]
    """Subtract a share of the weights, without a temporary array."""
    for i in range(change.shape[0]):
        for j in range(change.shape[1]):
            change[i, j] -= rate * weights[i, j]


def _below_one(name: str, value: float) -> float:
    """Return the weight of the past in an average, if it is one."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value:g}; allowed: 0 or more, below 1")
    return value


class Update(Protocol):
    """One element of the chain; its arrays belong to one projection.

    Attributes
    ----------
    remembers : tuple of str
        Attributes that hold its past: numbers and arrays, None before the first change.
    local : bool
        Whether it deals with every weight by itself, and leaves one alone that is within its bounds and has no change.
    """

    remembers: tuple[str, ...]
    local: bool

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Return the change to make instead of `change`, (pre, post); may overwrite `change`."""
        ...

    def bound(self, weights: np.ndarray) -> None:
        """Bring `weights`, (pre, post), back into their bounds, in place."""
        ...


class Scaled:
    """Plain step: the change times `size`."""

    remembers: tuple[str, ...] = ()
    local = True

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

    remembers: tuple[str, ...] = ("_mean",)
    local = False

    def __init__(self, rate: float = 0.9) -> None:
        self.rate = _below_one("rate", rate)
        self._mean: np.ndarray | None = None

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Average with the past."""
        if self._mean is None:
            self._mean = np.zeros_like(change)
        _average(change, self._mean, change.dtype.type(1), change.dtype.type(self.rate))
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Adam:
    """A step size for every synapse: mean change over its root mean square, times `size`.

    Source: Kingma & Ba 2015, arXiv 1412.6980, algorithm 1. Each synapse needs only its own past.
    """

    remembers: tuple[str, ...] = ("count", "_first", "_second")
    local = False

    def __init__(self, size: float = 1e-3, mean: float = 0.9, square: float = 0.999, small: float = 1e-8) -> None:
        self.size, self.small = size, small
        self.mean, self.square = _below_one("mean", mean), _below_one("square", square)
        self.count = 0
        self._first: np.ndarray | None = None
        self._second: np.ndarray | None = None

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Replace the change by the adaptive step."""
        if self._first is None or self._second is None:
            self._first, self._second = np.zeros_like(change), np.zeros_like(change)
        self.count += 1
        step = self.size * factor / (1 - self.mean**self.count)
        unbias = 1 / np.sqrt(1 - self.square**self.count)
        numbers = (1, self.mean, self.square, step, unbias, self.small)
        _adam(change, self._first, self._second, *(change.dtype.type(number) for number in numbers))
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Decay:
    """Weights shrink by the share `rate` at each change."""

    remembers: tuple[str, ...] = ()
    local = False

    def __init__(self, rate: float = 1e-4) -> None:
        self.rate = rate

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Subtract a share of the weights."""
        _decay(change, weights, change.dtype.type(self.rate * factor))
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Gather:
    """Changes are summed, and every `count` of them act together: those of all phases of a presentation."""

    remembers: tuple[str, ...] = ("gathered", "_total")
    local = False

    def __init__(self, count: int = 2) -> None:
        if isinstance(count, bool) or count != int(count) or count < 1:
            raise ValueError(f"count is {count}; allowed: a whole number, 1 or more")
        self.count, self.gathered = int(count), 0
        self._total: np.ndarray | None = None

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Return the sum if it is complete, else 0."""
        if self._total is None:
            self._total = np.zeros_like(change)
        self._total += change
        self.gathered = (self.gathered + 1) % self.count
        change[:] = 0 if self.gathered else self._total
        if not self.gathered:
            self._total[:] = 0
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""


class Clip:
    """Weights stay between `low` and `high`."""

    remembers: tuple[str, ...] = ()
    local = True

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

    remembers: tuple[str, ...] = ()
    local = True

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


class Normalise:
    """At the end of a presentation all weights onto a unit are scaled, so that their magnitudes add up to `sum`.

    A unit without weights has none to scale.

    Source: Goodhill & Barrow 1994, Neural Comput. 6, 255; Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, methods.
    """

    remembers: tuple[str, ...] = ()
    local = True  # within a presentation it leaves the weights alone

    def __init__(self, sum: float) -> None:  # noqa: A002 - the key in files
        if sum <= 0:
            raise ValueError(f"sum is {sum:g}; allowed: above 0")
        self.sum = sum

    def change(self, change: np.ndarray, weights: np.ndarray, factor: float) -> np.ndarray:
        """Leave the change."""
        return change

    def bound(self, weights: np.ndarray) -> None:
        """Leave the weights."""

    def settle(self, weights: np.ndarray, posts: np.ndarray | None = None) -> None:
        """Scale the weights onto every unit, in place.

        Parameters
        ----------
        weights : (pre, post) or (synapse,) array, or that of kernels
        posts : (weight,) array of int, optional
            Target units of synapses that are listed, target channels of weights of kernels.
        """
        if posts is None:
            total = np.abs(weights).sum(axis=0)  # (post,)
        else:
            total = np.bincount(posts, np.abs(weights).reshape(-1))[posts].reshape(weights.shape)
        weights *= self.sum / np.where(total > 0, total, self.sum)


UPDATES: Mapping[str, Any] = MappingProxyType(
    {
        "step": Scaled,
        "momentum": Momentum,
        "adam": Adam,
        "decay": Decay,
        "gather": Gather,
        "clip": Clip,
        "dale_sign": DaleSign,
        "normalise": Normalise,
    }
)


def build_update(name: str, settings: Mapping[str, Any]) -> Update:
    """Return a new element of the chain.

    Raises
    ------
    KeyError, TypeError, ValueError
        Unknown name, unknown setting, or a setting that makes no sense.
    """
    update: Update = UPDATES[name](**settings)
    return update


def past(update: Update) -> Arrays:
    """Return what an element of the chain remembers; nothing before its first change."""
    values = {name: getattr(update, name) for name in update.remembers}
    return {name: np.asarray(value) for name, value in values.items() if value is not None}


def put_past_back(update: Update, saved: Mapping[str, np.ndarray]) -> None:
    """Let an element of the chain remember what `past` returned; ForeignState if it has no such memory."""
    if unknown := set(saved).difference(update.remembers):
        raise ForeignState(f'"{type(update).__name__}" does not remember {", ".join(sorted(unknown))}')
    for name, value in saved.items():
        setattr(update, name, value.item() if value.ndim == 0 else np.array(value))
