"""Confidence in a mean over a few seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan, sqrt
from typing import NamedTuple

import numpy as np


class Interval(NamedTuple):
    """A mean with its confidence interval."""

    mean: float
    low: float
    high: float


def mean_interval(values: Sequence[float] | np.ndarray, confidence: float = 0.95) -> Interval:
    """Return the mean of independent values, such as one for each seed, with Student's interval.

    Parameters
    ----------
    values : (value,) array
        The interval of a single one is not known: NaN at both ends.
    confidence : float
        Chance that the interval holds the true mean, if the values are normal.

    Examples
    --------
    >>> [round(end, 2) for end in mean_interval([1.0, 2.0, 3.0])]
    [2.0, -0.48, 4.48]
    """
    from scipy.stats import t

    values = np.asarray(values, dtype=float)
    mean = float(values.mean())
    if len(values) < 2:
        return Interval(mean, nan, nan)
    half = float(t.ppf((1 + confidence) / 2, len(values) - 1) * values.std(ddof=1) / sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def values_and_means(runs: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Return each measure of some runs, (run,), and as NAME_mean its mean over them with the 95 % interval.

    Examples
    --------
    >>> found = values_and_means([{"error": 1.0}, {"error": 2.0}, {"error": 3.0}])
    >>> {name: [round(value, 2) for value in values] for name, values in found.items()}
    {'error': [1.0, 2.0, 3.0], 'error_mean': [2.0, -0.48, 4.48]}
    """
    values = {name: [run[name] for run in runs] for name in runs[0]}
    return values | {f"{name}_mean": list(mean_interval(each)) for name, each in values.items()}


def of_one_more(found: Interval, count: int) -> Interval:
    """Return where one more value is expected, with the same confidence: Student's prediction interval.

    Parameters
    ----------
    found : Interval
        As `mean_interval` returns it.
    count : int
        Values that it is of.

    Examples
    --------
    >>> [round(end, 2) for end in of_one_more(mean_interval([1.0, 2.0, 3.0]), 3)]
    [2.0, -2.97, 6.97]
    """
    half = (found.high - found.mean) * sqrt(count + 1)
    return Interval(found.mean, found.mean - half, found.mean + half)
