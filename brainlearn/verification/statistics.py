"""Whether two machines spike identically on average, where rounding or chance prevents identical spikes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.verification.same_spikes import Record

SEEDS = 3
LEVEL = 0.01  # chance that machines which agree are taken for different ones, over all comparisons
BIN = 10e-3  # seconds in which spikes are counted for correlations
MOST_UNITS = 100  # of a copy, whose correlations are measured
FEWEST_SPIKES = 3  # of a unit whose intervals have a spread
RATE, VARIATION, CORRELATION = "rate [Hz]", "CV of intervals", "correlation"


Measured = dict[tuple[str, str], np.ndarray]
"""Statistics by population and name, (copy,) each."""


class SpikeTally:
    """Spikes of one machine, of which statistics are taken.

    Parameters
    ----------
    dt : float
        Time step [s].
    """

    def __init__(self, dt: float) -> None:
        self._dt, self._steps, self._spikes = dt, 0, dict[str, list[np.ndarray]]()

    def add(self, record: Record) -> None:
        """Add some steps."""
        for path, values in record.spikes.items():
            self._spikes.setdefault(path, []).append(np.stack(values))
        self._steps += len(next(iter(record.spikes.values()), ()))

    def measured(self) -> Measured:
        """Return statistics by population and name, (copy,) each; not a number where too few spikes tell."""
        found: Measured = {}
        for path, parts in self._spikes.items():
            spikes = np.concatenate(parts)  # (step, copy, unit)
            found[path, RATE] = spikes.mean(axis=(0, 2)) / self._dt
            found[path, VARIATION] = np.array([_variation(each) for each in spikes.swapaxes(0, 1)])
            width = max(round(BIN / self._dt), 1)
            found[path, CORRELATION] = np.array([_correlation(each, width) for each in spikes.swapaxes(0, 1)])
        return found


def _variation(spikes: np.ndarray) -> float:
    """Return the mean coefficient of variation of intervals over units, of (step, unit) spikes."""
    intervals = (np.diff(np.flatnonzero(unit)) for unit in spikes.T if unit.sum() >= FEWEST_SPIKES)
    found = [each.std() / each.mean() for each in intervals]
    return float(np.mean(found)) if found else np.nan


def _correlation(spikes: np.ndarray, width: int) -> float:
    """Return the mean correlation of spike counts over pairs of units, of (step, unit) spikes."""
    bins = len(spikes) // width
    counts = spikes[: bins * width, :MOST_UNITS].reshape(bins, width, -1).sum(axis=1)
    counts = counts[:, counts.std(axis=0) > 0] if bins > 1 else counts[:, :0]
    units = counts.shape[1]
    if units < 2:
        return np.nan
    standard = (counts - counts.mean(axis=0)) / counts.std(axis=0)
    return float((standard.sum(axis=1).var() - units) / (units * (units - 1)))


@dataclass(frozen=True)
class Difference:
    """One statistic of one population, in stock Brian2 and in another machine.

    Parameters
    ----------
    population, name : str
    stock, other : float
        Means over copies and seeds.
    p : float
        Of a paired t test over copies and seeds, times the number of comparisons as Holm has it.
    margin : float
        Half of the 95 % interval of the difference: a larger one would have been seen.
    """

    population: str
    name: str
    stock: float
    other: float
    p: float
    margin: float

    def __str__(self) -> str:
        return f"{self.name} of {self.population}: {self.other:.4g} against {self.stock:.4g} (p = {self.p:.2g})"


@dataclass(frozen=True)
class Statistics:
    """A statistical comparison of two machines.

    Parameters
    ----------
    seeds : tuple of int
    pairs : int
        Copies of all seeds.
    differences : tuple of Difference
    """

    seeds: tuple[int, ...]
    pairs: int
    differences: tuple[Difference, ...]

    @property
    def deviating(self) -> tuple[Difference, ...]:
        """What differs by more than chance."""
        return tuple(each for each in self.differences if each.p < LEVEL)

    @property
    def agree(self) -> bool:
        """Whether anything was compared, and nothing differs by more than chance."""
        return bool(self.differences) and not self.deviating

    def __str__(self) -> str:
        what = "rates, CV of intervals and correlations"
        size = f"{self.pairs} copies of seeds {', '.join(map(str, self.seeds))}"
        if not self.differences:
            return f"there were too few spikes to compare {what} over {size}"
        if self.deviating:
            return f"over {size} they differ in {'; '.join(map(str, self.deviating))}"
        least = min(each.p for each in self.differences)
        rates = [100 * each.margin / each.stock for each in self.differences if each.name == RATE and each.stock]
        sure = f"; a difference of rates beyond {max(rates):.2g} % would have been seen" if rates else ""
        return f"{what} agree over {size} ({len(self.differences)} comparisons, smallest p = {least:.2g}{sure})"


def compare_statistics(
    stock: Sequence[Measured],
    other: Sequence[Measured],
    seeds: Sequence[int],
) -> Statistics:
    """Test whether two machines have the same statistics, copy by copy.

    Parameters
    ----------
    stock, other : sequence of dict
        What `SpikeTally.measured` returns, for every seed.
    seeds : sequence of int
    """
    from scipy.stats import t as student  # half a second that other commands need not wait for

    found = []
    for key in stock[0]:
        a, b = (np.concatenate([each[key] for each in machine]) for machine in (stock, other))
        both = np.isfinite(a) & np.isfinite(b)
        number, difference = int(both.sum()), (b - a)[both]
        if number < 3:
            continue
        error = float(difference.std(ddof=1)) / np.sqrt(number)
        mean = float(difference.mean())
        p = 1.0 if mean == 0 else 0.0 if error == 0 else float(2 * student.sf(abs(mean) / error, number - 1))
        margin = float(student.ppf(0.975, number - 1)) * error
        found.append(Difference(*key, float(a[both].mean()), float(b[both].mean()), p, margin))
    pairs = sum(len(next(iter(each.values()), ())) for each in stock)
    return Statistics(tuple(seeds), pairs, _holm(found))


def _holm(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """Return the differences with p values that hold for all of them together (Holm 1979, Scand. J. Stat. 6:65)."""
    largest, number, corrected = 0.0, len(differences), dict[int, float]()
    for rank, k in enumerate(sorted(range(number), key=lambda k: differences[k].p)):
        largest = max(largest, min(1.0, (number - rank) * differences[k].p))
        corrected[k] = largest
    return tuple(
        Difference(d.population, d.name, d.stock, d.other, corrected[k], d.margin) for k, d in enumerate(differences)
    )
