"""Poisson spikes of groups of units, each group of which says one thing: the input of tasks of working memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def draw_channels(
    rates: Sequence[np.ndarray], steps: Sequence[int], units: int, dt: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw spike trains, stretch by stretch.

    Parameters
    ----------
    rates : sequence of (item, channel) arrays
        Of every unit of a channel, in each stretch [Hz].
    steps : sequence of int
        How long the stretches are.
    units : int
        Of a channel: channel by channel, unit ``channel * units + k``.
    dt : float
        Duration of a step [s].
    rng : Generator

    Returns
    -------
    (item, step, unit) array of uint8
        1 where a unit spikes.

    Examples
    --------
    >>> never, always = np.zeros((1, 2)), np.full((1, 2), 1000.0)
    >>> draw_channels([never, always], [1, 2], 1, 1e-3, np.random.default_rng(0)).tolist()
    [[[0, 0], [1, 1], [1, 1]]]
    """
    drawn = []
    for rate, length in zip(rates, steps, strict=True):
        chance = np.repeat(rate * dt, units, axis=1)[:, None].astype(np.float32)
        numbers = rng.random((len(rate), length, chance.shape[2]), dtype=np.float32)
        drawn.append((numbers < chance).astype(np.uint8))
    return np.concatenate(drawn, axis=1)
