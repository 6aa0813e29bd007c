"""Confidence in a mean over a few seeds."""

from __future__ import annotations

from collections.abc import Sequence
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
