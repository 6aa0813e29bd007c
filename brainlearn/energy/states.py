"""States of binary units, and the two functions that all energies of such units need."""

from __future__ import annotations

import numpy as np


def all_states(units: int) -> np.ndarray:
    """Return every state of binary units, (2**units, units).

    >>> all_states(2).astype(int).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    numbers = np.arange(2**units)[:, None]
    return ((numbers >> np.arange(units - 1, -1, -1)) & 1).astype(float)


def softplus(values: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(values)) without overflow."""
    return np.logaddexp(0.0, values)


def logistic(values: np.ndarray) -> np.ndarray:
    """Return 1/(1 + exp(-values)) without overflow."""
    return np.exp(-softplus(-values))
