"""Means with intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brainlearn.results.interval import mean_interval, of_one_more


def test_the_interval_is_students():
    found = mean_interval([1.0, 2.0, 3.0, 4.0])
    half = 3.1824 * math.sqrt(5 / 3) / 2  # t of 3 degrees of freedom at 97.5 %
    assert found == pytest.approx((2.5, 2.5 - half, 2.5 + half), abs=1e-3)


def test_it_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    found = [mean_interval(rng.normal(3, 2, 5), 0.8) for _ in range(500)]
    assert np.mean([low < 3 < high for _, low, high in found]) == pytest.approx(0.8, abs=0.04)


def test_of_a_single_value_nothing_is_known_but_the_mean():
    mean, low, high = mean_interval([2.0])
    assert mean == 2
    assert math.isnan(low)
    assert math.isnan(high)


def test_one_more_value_is_expected_as_often_as_said():
    rng = np.random.default_rng(2)
    drawn = rng.normal(3, 2, (2000, 4))
    held = [
        of_one_more(mean_interval(row[:3], 0.9), 3).low < row[3] < of_one_more(mean_interval(row[:3], 0.9), 3).high
        for row in drawn
    ]
    assert np.mean(held) == pytest.approx(0.9, abs=0.02)
