"""Errors of outputs with target values."""

from __future__ import annotations

import numpy as np


def mean_squared_error(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean squared error over items, frames and units; frames that do not count are nan in `outputs`.

    >>> mean_squared_error(np.array([[0.0, 1.0], [2.0, np.nan]]), np.zeros((2, 2)))
    1.6666666666666667
    """
    return float(np.nanmean(np.square(outputs - targets, dtype=np.float64)))


def percent_of_variance(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean squared error in percent of that of a constant answer, the mean of a unit's targets.

    >>> percent_of_variance(np.array([[1.0], [1.0]]), np.array([[0.0], [2.0]]))
    100.0
    """
    counted = np.where(np.isnan(outputs), np.nan, targets)
    mean = np.nanmean(counted, axis=tuple(range(counted.ndim - 1)), keepdims=True)
    return 100 * mean_squared_error(outputs, targets) / float(np.nanmean(np.square(counted - mean, dtype=np.float64)))
