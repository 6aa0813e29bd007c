"""Statistics of spike trains, updated as spikes arrive: rates, intervals, and correlations of units."""

from __future__ import annotations

import numpy as np


class IntervalStatistics:
    """Counts and intervals of the spikes of every unit.

    Memory does not grow with the number of spikes.

    Parameters
    ----------
    units : int
        Of all copies.
    """

    def __init__(self, units: int) -> None:
        self.count = np.zeros(units, dtype=np.int64)
        self._last = np.full(units, -1, dtype=np.int64)  # the step of a unit's last spike
        self._last_but_one = np.full(units, -1, dtype=np.int64)
        self._sum, self._squares = np.zeros(units), np.zeros(units)
        self._pairs, self._local = np.zeros(units, dtype=np.int64), np.zeros(units)

    def add(self, steps: np.ndarray, units: np.ndarray) -> None:
        """Add spikes, none of them earlier than those before.

        Parameters
        ----------
        steps, units : (spike,) array of int
        """
        if not len(steps):
            return
        order = np.lexsort((steps, units))
        step, unit = steps[order], units[order]
        place = np.arange(len(step)) - np.searchsorted(
            unit, unit
        )  # 0 for the first spike of a unit here, 1 for the next
        before = np.where(place >= 1, np.roll(step, 1), self._last[unit])
        earlier = np.where(
            place >= 2, np.roll(step, 2), np.where(place == 1, self._last[unit], self._last_but_one[unit])
        )
        interval, other = (step - before).astype(float), (before - earlier).astype(float)
        one, two = before >= 0, (before >= 0) & (earlier >= 0)
        self.count += self._total(unit)
        self._sum += self._total(unit[one], interval[one])
        self._squares += self._total(unit[one], interval[one] ** 2)
        self._pairs += self._total(unit[two])
        local = ((interval[two] - other[two]) / (interval[two] + other[two])) ** 2
        self._local += self._total(unit[two], local)
        last = np.append(unit[1:] != unit[:-1], True)
        self._last[unit[last]], self._last_but_one[unit[last]] = step[last], before[last]

    def _total(self, units: np.ndarray, values: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(units, values, len(self.count))

    def mean_interval(self) -> np.ndarray:
        """Return the mean interval between spikes, (unit,) [step]; nan with fewer than two spikes."""
        intervals = np.maximum(self.count - 1, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(intervals > 0, self._sum / intervals, np.nan)

    def cv(self) -> np.ndarray:
        """Return the coefficient of variation of the intervals, (unit,) [1]; nan with fewer than two intervals.

        Standard deviation (of all intervals, not an estimate of a larger set's) over mean.
        """
        intervals = np.maximum(self.count - 1, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self._sum / intervals
            variance = np.maximum(self._squares / intervals - mean**2, 0.0)
            return np.where(intervals > 1, np.sqrt(variance) / mean, np.nan)

    def lv(self) -> np.ndarray:
        """Return the local variation of the intervals, (unit,) [1]; nan with fewer than two intervals.

        Source: Shinomoto, Shima & Tanji 2003, Neural Comput. 15:2823, equation 2.2.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self._pairs > 0, 3 * self._local / self._pairs, np.nan)


class BinnedCounts:
    """Spikes counted in time bins, passed on bin by bin.

    Parameters
    ----------
    bin_steps : int
        Steps of a bin.
    rows : (unit of all copies,) array of int
        In which row a unit counts; -1: in none.
    number : int
        How many rows there are.
    """

    def __init__(self, bin_steps: int, rows: np.ndarray, number: int) -> None:
        self.bin_steps, self._rows, self._number = bin_steps, rows, number
        self._first = 0  # bin that is not over yet
        self._open = np.zeros(number, dtype=np.int64)

    def add(self, steps: np.ndarray, units: np.ndarray, until: int) -> np.ndarray:
        """Add spikes of all steps before `until`, and return the counts of completed bins, (bin, row)."""
        rows = self._rows[units]
        known = rows >= 0
        bins, over = steps[known] // self.bin_steps - self._first, until // self.bin_steps - self._first
        places = bins * self._number + rows[known]
        counts = np.bincount(places, minlength=(over + 1) * self._number).reshape(-1, self._number)
        counts[0] += self._open
        self._open, self._first = counts[over].copy(), self._first + over
        return counts[:over]


class Correlations:
    """Pearson's correlation of the spike counts of pairs of units, within each copy.

    Parameters
    ----------
    copies, units : int
    """

    def __init__(self, copies: int, units: int) -> None:
        self._bins = 0
        self._sum = np.zeros((copies, units))
        self._products = np.zeros((copies, units, units))

    def add(self, counts: np.ndarray) -> None:
        """Add the counts of some bins, (bin, copy, unit)."""
        values = counts.astype(float)
        self._bins += len(values)
        self._sum += values.sum(axis=0)
        by_copy = values.transpose(1, 2, 0)  # (copy, unit, bin)
        self._products += by_copy @ by_copy.transpose(0, 2, 1)

    def values(self) -> np.ndarray:
        """Return the correlations, (copy, unit, unit) [1]; nan where a count never varies."""
        covariance = self._bins * self._products - self._sum[:, :, None] * self._sum[:, None, :]
        variance = np.einsum("cuu->cu", covariance)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = covariance / np.sqrt(variance[:, :, None] * variance[:, None, :])
        found[~np.isfinite(found)] = np.nan
        return np.clip(found, -1.0, 1.0)
