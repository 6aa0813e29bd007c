"""How far two sides are apart, and how sure that is: over seeds, over test items, and over both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from brainlearn.results.interval import Interval, mean_interval

Z = 1.959963984540054  # 97.5 % of a normal distribution


@dataclass(frozen=True)
class Difference:
    """The difference of two sides with its 95 % intervals.

    Parameters
    ----------
    over_seeds : Interval
        By Student's t of the differences seed by seed, or Welch's where no seeds are shared; nan with too few.
    over_items : Interval or None
        By Wilson's interval of each side and Newcombe's (1998, method 10) of their difference.
    paired : bool
        Whether the same seeds stand on both sides.
    seeds : (int, ...)
        Those that the difference rests on: the shared ones, or those of the side with fewer.
    """

    over_seeds: Interval
    over_items: Interval | None
    paired: bool
    seeds: tuple[int, ...]

    @property
    def together(self) -> Interval:
        """The interval that decides: half-widths over seeds and over items, squared and added."""
        mean, low, high = self.over_seeds
        if self.over_items is None:
            return self.over_seeds
        _, item_low, item_high = self.over_items
        return Interval(
            mean,
            mean - sqrt((mean - low) ** 2 + (mean - item_low) ** 2),
            mean + sqrt((high - mean) ** 2 + (item_high - mean) ** 2),
        )


def over_seeds(run: dict[int, float], control: dict[int, float] | float) -> tuple[Interval, bool, tuple[int, ...]]:
    """Return the difference with its interval, whether it is paired by seed, and the seeds."""
    if isinstance(control, float):
        return mean_interval([value - control for value in run.values()]), False, tuple(run)
    shared = tuple(seed for seed in run if seed in control)
    if len(shared) > 1 or (shared and len(run) == len(control) == 1):
        return mean_interval([run[seed] - control[seed] for seed in shared]), True, shared
    fewer = run if len(run) <= len(control) else control
    return welch(list(run.values()), list(control.values())), False, tuple(fewer)


def welch(a: Sequence[float], b: Sequence[float]) -> Interval:
    """Return the difference of two means with Welch's interval; nan at both ends with a single value on a side.

    >>> [round(end, 2) for end in welch([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])]
    [0.0, -2.27, 2.27]
    """
    from scipy.stats import t

    mean = float(np.mean(a) - np.mean(b))
    if min(len(a), len(b)) < 2:
        return Interval(mean, nan, nan)
    parts = [float(np.var(side, ddof=1)) / len(side) for side in (a, b)]
    if sum(parts) == 0:
        return Interval(mean, mean, mean)
    freedom = sum(parts) ** 2 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, (a, b), strict=True))
    half = float(t.ppf(0.975, freedom)) * sqrt(sum(parts))
    return Interval(mean, mean - half, mean + half)


def wilson(percent: float, items: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of test items [percent] (Wilson 1927, J. Am. Stat. Assoc. 22, 209).

    >>> [round(end, 2) for end in wilson(50.0, 100)]
    [40.38, 59.62]
    """
    share = percent / 100
    middle = share + Z**2 / (2 * items)
    half = Z * sqrt(share * (1 - share) / items + Z**2 / (4 * items**2))
    return 100 * (middle - half) / (1 + Z**2 / items), 100 * (middle + half) / (1 + Z**2 / items)


def over_items(terms: Sequence[tuple[int, float]], mean: float, items: int) -> Interval:
    """Return the interval of a sum of shares [percent] that the number of test items leaves.

    Parameters
    ----------
    terms : sequence of (int, float)
        Sign and share [percent] of each side; with one of each this is Newcombe's interval (1998, Stat. Med. 17, 873).
        Sides count as independent, which is too wide where both answered the same items: no record says which.
    mean : float
        The difference [points].
    items : int
        Test items of each side.
    """
    down = up = 0.0
    for sign, share in terms:
        low, high = wilson(share, items)
        below, above = (share - low, high - share) if sign > 0 else (high - share, share - low)
        down, up = down + below**2, up + above**2
    return Interval(mean, mean - sqrt(down), mean + sqrt(up))
