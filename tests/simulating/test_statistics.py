"""Statistics that are gathered piece by piece are those of whole spike trains, by their formulas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from brainlearn.simulating.statistics import BinnedCounts, Correlations, IntervalStatistics

STEPS, UNITS = 3000, 6


@pytest.fixture
def spikes() -> np.ndarray:
    """Spikes of a few units, (step, unit) bool: some dense, one with a single spike, one silent."""
    rng = np.random.default_rng(1)
    found = rng.random((STEPS, UNITS)) < np.array([0.5, 0.1, 0.02, 0.005, 0.0, 0.0])
    found[77, 4] = True
    return found


def pieces(spikes: np.ndarray, cuts: tuple[int, ...]):
    """Yield steps and units of the spikes between cuts, and where each piece ends."""
    for start, stop in zip((0, *cuts), (*cuts, len(spikes)), strict=True):
        steps, units = np.nonzero(spikes[start:stop])
        yield steps + start, units, stop


@pytest.mark.parametrize("cuts", [(), (1, 2, 3, 5, 400, 1999), tuple(range(100, 3000, 100))])
def test_intervals_in_pieces_are_those_of_the_whole_train(spikes: np.ndarray, cuts: tuple[int, ...]) -> None:
    statistics = IntervalStatistics(UNITS)
    for steps, units, _ in pieces(spikes, cuts):
        statistics.add(steps, units)
    assert statistics.count.tolist() == spikes.sum(axis=0).tolist()
    for unit in range(UNITS):
        intervals = np.diff(np.flatnonzero(spikes[:, unit])).astype(float)
        mean, cv, lv = (values[unit] for values in (statistics.mean_interval(), statistics.cv(), statistics.lv()))
        if len(intervals) > 1:
            assert mean == pytest.approx(intervals.mean())
            assert cv == pytest.approx(intervals.std() / intervals.mean())
            terms = [3 * (a - b) ** 2 / (a + b) ** 2 for a, b in pairwise(intervals)]
            assert lv == pytest.approx(np.mean(terms))
        else:
            assert np.isnan([cv, lv]).all()
    assert np.isnan(statistics.mean_interval()[4:]).all()


def test_a_poisson_train_has_the_variation_of_its_own() -> None:
    """Intervals are geometric: CV = sqrt(1 - p), and LV nears 1."""
    statistics, p = IntervalStatistics(1), 0.01
    steps = np.flatnonzero(np.random.default_rng(2).random(1_000_000) < p)
    statistics.add(steps, np.zeros(len(steps), dtype=int))
    assert statistics.cv()[0] == pytest.approx(np.sqrt(1 - p), abs=0.03)
    assert statistics.lv()[0] == pytest.approx(1.0, abs=0.03)


def test_a_regular_train_has_no_variation() -> None:
    statistics = IntervalStatistics(1)
    statistics.add(np.arange(0, 1000, 7), np.zeros(143, dtype=int))
    assert (statistics.mean_interval()[0], statistics.cv()[0], statistics.lv()[0]) == (7.0, 0.0, 0.0)


@pytest.mark.parametrize("cuts", [(), (3, 9, 10, 11, 1234, 1999), (2500,)])
def test_correlations_in_pieces_are_those_of_numpy(spikes: np.ndarray, cuts: tuple[int, ...]) -> None:
    """Two copies of three units each, in bins of 10 steps; the last, incomplete bin counts for nothing."""
    spikes = spikes[:2995]
    counts = BinnedCounts(10, np.arange(UNITS), UNITS)
    correlations = Correlations(2, 3)
    for steps, units, stop in pieces(spikes, cuts):
        correlations.add(counts.add(steps, units, stop).reshape(-1, 2, 3))
    binned = spikes[:2990].reshape(-1, 10, UNITS).sum(axis=1)
    for copy in range(2):
        here = binned[:, 3 * copy : 3 * copy + 3]
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = np.corrcoef(here.T)
        np.testing.assert_allclose(correlations.values()[copy], expected, atol=1e-12)


def test_units_without_a_row_are_not_counted() -> None:
    counts = BinnedCounts(2, np.array([-1, 0]), 1)
    assert counts.add(np.array([0, 1, 3]), np.array([0, 1, 1]), 4).tolist() == [[1], [1]]
