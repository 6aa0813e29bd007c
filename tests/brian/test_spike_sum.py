"""What few spikes propose at the synapses that they touch is what products of whole matrices propose."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian.learning.spike_sum import SpikeSum, spikes_of

COPIES, PRE, POST = 3, 7, 5
LOW, HIGH = -0.4, 0.6


@pytest.mark.parametrize("connected", [1.0, 0.4])
def test_touched_synapses_change_as_in_the_whole_matrix(connected: float) -> None:
    random = np.random.default_rng(4)
    mask = random.random((PRE, POST)) < connected
    weights = np.where(mask, random.uniform(LOW, HIGH, (PRE, POST)), 0.0)
    expected, found = weights.copy(), weights.copy()
    sums = SpikeSum(found, None if connected == 1 else mask)
    for _ in range(4):
        a, b, c = (random.normal(size=(COPIES, size)) for size in (PRE, POST, POST))
        arriving, fired = (random.random((COPIES, size)) < 0.3 for size in (PRE, POST))
        change = ((a * arriving).T @ b) * (1 - expected) + a.T @ (c * fired)
        expected = np.where(mask, np.clip(expected + 0.5 * change / COPIES, LOW, HIGH), 0)
        everywhere = np.ones(COPIES, bool)
        sums.add(True, spikes_of(np.flatnonzero(arriving), PRE, everywhere), a, b, lambda w: 1 - w)
        sums.add(False, spikes_of(np.flatnonzero(fired), POST, everywhere), a, c, None)
        sums.apply(half_a_step, COPIES)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


def half_a_step(change: np.ndarray, weights: np.ndarray) -> None:
    weights += 0.5 * change
    np.clip(weights, LOW, HIGH, out=weights)


def test_spikes_of_copies_that_do_not_take_part_are_left_out() -> None:
    copies, units = spikes_of(np.array([0, 6, 8, 14]), PRE, np.array([True, False, True]))
    assert copies.tolist() == [0, 0, 2]
    assert units.tolist() == [0, 6, 0]
