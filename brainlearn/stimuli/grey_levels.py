"""From the values that somebody measured to grey levels in [0, 1]."""

from __future__ import annotations

import numpy as np


def as_grey_levels(pixels: np.ndarray, maximum: float, minimum: float = 0.0) -> np.ndarray:
    """Return `pixels`, which run from `minimum` to `maximum`, as float32 in [0, 1]."""
    if minimum == 0:
        return np.divide(pixels, np.float32(maximum), dtype=np.float32)
    return np.asarray(np.subtract(pixels, minimum, dtype=np.float64) / (maximum - minimum), dtype=np.float32)
