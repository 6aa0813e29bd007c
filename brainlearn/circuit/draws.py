"""How numbers are drawn from a distribution, with and without units."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from brainlearn.units import Quantity, UnitError

LEAST_INSIDE = 0.01
"""Share of the draws that must fall between `low` and `high`: what falls outside is drawn again."""

_TRIED = 10_000
_NO_ZERO = ("lognormal", "gamma", "exponential")


class Drawable(Protocol):
    """A table that numbers can be drawn from: it has a `distribution`, and the numbers that this one needs."""

    @property
    def distribution(self) -> str:
        """The word by which files call it."""


# ---- drawing -------------------------------------------------------------------------------------------------------


def draw(distribution: Drawable, size: int | tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw numbers.

    Parameters
    ----------
    distribution : table
        Normal, uniform, lognormal, gamma, exponential or constant, of quantities or of weights. With `low` or `high`
        values outside are drawn again: the distribution is truncated, not clipped.
    size : int or tuple of int
        Shape of the array.
    rng : Generator
        A constant draws nothing from it.

    Returns
    -------
    array of float64
        In SI units.
    """
    one = _DRAWS[distribution.distribution]
    drawn = np.asarray(one(distribution, size, rng))
    if distribution.distribution == "uniform" or bounds(distribution) == (-math.inf, math.inf):
        return drawn
    flat = drawn.reshape(-1)
    wrong = np.flatnonzero(_outside(distribution, flat))
    while wrong.size:
        flat[wrong] = one(distribution, wrong.size, rng)
        wrong = wrong[_outside(distribution, flat[wrong])]
    return flat.reshape(drawn.shape)


def bounds(distribution: Drawable) -> tuple[float, float]:
    """Return `low` and `high` in SI units, infinite where the table has none."""
    low, high = (getattr(distribution, key, None) for key in ("low", "high"))
    return (-math.inf if low is None else _si(low), math.inf if high is None else _si(high))


def support(distribution: Drawable) -> tuple[float, float]:
    """Return the range that draws can come from, in SI units: of a normal distribution all numbers."""
    if distribution.distribution == "constant":
        value = _si(distribution.value)  # type: ignore[attr-defined]
        return value, value
    low, high = bounds(distribution)
    if distribution.distribution in _NO_ZERO:
        positive = _si(distribution.mean) > 0  # type: ignore[attr-defined]
        return (max(low, 0.0), high) if positive else (low, min(high, 0.0))
    return low, high


def _si(number: Any) -> float:
    return number.value if isinstance(number, Quantity) else float(number)


def _outside(distribution: Drawable, values: np.ndarray) -> np.ndarray:
    low, high = bounds(distribution)
    return (values < low) | (values > high)


def _normal(table: Any, size: Any, rng: np.random.Generator) -> Any:
    return rng.normal(_si(table.mean), _si(table.sd), size)


def _uniform(table: Any, size: Any, rng: np.random.Generator) -> Any:
    return rng.uniform(_si(table.low), _si(table.high), size)


def _lognormal(table: Any, size: Any, rng: np.random.Generator) -> Any:
    mean, sd = _si(table.mean), _si(table.sd)
    variance = math.log1p((sd / mean) ** 2)  # of the logarithm
    return math.copysign(1.0, mean) * rng.lognormal(math.log(abs(mean)) - variance / 2, math.sqrt(variance), size)


def _gamma(table: Any, size: Any, rng: np.random.Generator) -> Any:
    mean, sd = _si(table.mean), _si(table.sd)
    if sd == 0:
        return np.full(size, mean)
    return rng.gamma((mean / sd) ** 2, sd**2 / abs(mean), size) * math.copysign(1.0, mean)


def _exponential(table: Any, size: Any, rng: np.random.Generator) -> Any:
    mean = _si(table.mean)
    return rng.exponential(abs(mean), size) * math.copysign(1.0, mean)


def _constant(table: Any, size: Any, rng: np.random.Generator) -> Any:
    return np.full(size, _si(table.value))


_DRAWS: Mapping[str, Callable[[Any, Any, np.random.Generator], Any]] = {
    "normal": _normal,
    "uniform": _uniform,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "exponential": _exponential,
    "constant": _constant,
}


# ---- what makes sense ----------------------------------------------------------------------------------------------


def check_numbers(distribution: Any) -> None:
    """Check that numbers can be drawn.

    Raises
    ------
    UnitError
        If a standard deviation is negative, the mean of a distribution to one side of 0 is 0, `low` is above `high`, or
        fewer than one draw in a hundred would lie between them.
    """
    if (sd := getattr(distribution, "sd", None)) is not None and _si(sd) < 0:
        raise UnitError("the standard deviation (sd) is negative", _shown(sd), "0 or more")
    mean = getattr(distribution, "mean", None)
    if distribution.distribution in _NO_ZERO and mean is not None and _si(mean) == 0:
        allowed = "a number of the other sign: with a mean below 0, all values are negative"
        raise UnitError("the mean is 0", _shown(mean), allowed)
    if distribution.distribution not in _DRAWS:
        return
    low, high = bounds(distribution)
    if low > high:
        ends = (_shown(getattr(distribution, end)) for end in ("low", "high"))
        raise UnitError("low ({}) is above high ({})".format(*ends))
    if distribution.distribution == "uniform" or (low, high) == (-math.inf, math.inf):
        return
    tried = _DRAWS[distribution.distribution](distribution, _TRIED, np.random.default_rng(0))
    inside = 1 - _outside(distribution, np.asarray(tried)).mean()
    if inside < LEAST_INSIDE:
        wrong = "nearly all draws would be outside low and high, and be drawn again"
        raise UnitError(wrong, f"{100 * inside:.2g} % inside", f"at least {100 * LEAST_INSIDE:g} %")


def _shown(number: Any) -> str:
    return f'"{number.text}"' if isinstance(number, Quantity) else f"{number:g}"
