from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from brainlearn.stimuli import false_labels, hard_negatives, random_negatives

ITEMS = 10_000


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_random_negatives_are_never_the_true_label(rng):
    labels = rng.integers(0, 10, ITEMS)
    negatives = random_negatives(labels, 10, rng)
    assert (negatives != labels).all()
    assert set(negatives) == set(range(10))


def test_random_negatives_draw_every_wrong_label_equally(rng):
    negatives = random_negatives(np.full(ITEMS, 4), 10, rng)
    assert chisquare(np.delete(np.bincount(negatives, minlength=10), 4)).pvalue > 0.01


def test_random_negatives_need_two_classes(rng):
    with pytest.raises(ValueError, match="at least 2 classes"):
        random_negatives(np.zeros(3, dtype=np.int64), 1, rng)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("certainty", [0.0, 1.0, 1e6])
def test_hard_negatives_are_never_the_true_label(rng, temperature, certainty):
    labels = rng.integers(0, 10, ITEMS)
    probabilities = rng.random((ITEMS, 10))
    probabilities[np.arange(ITEMS), labels] += certainty
    assert (hard_negatives(labels, probabilities, rng, temperature) != labels).all()


def test_hard_negatives_follow_the_probabilities(rng):
    probabilities = np.array([0.4, 0.1, 0.3, 0.15, 0.05])
    negatives = hard_negatives(np.full(ITEMS, 2), np.tile(probabilities, (ITEMS, 1)), rng)
    wrong = np.delete(probabilities, 2)
    counts = np.delete(np.bincount(negatives, minlength=5), 2)
    assert chisquare(counts, ITEMS * wrong / wrong.sum()).pvalue > 0.01


def test_the_temperature_is_a_power_of_the_probabilities(rng):
    negatives = hard_negatives(np.zeros(ITEMS, dtype=int), np.tile([0.5, 0.2, 0.3], (ITEMS, 1)), rng, temperature=0.5)
    expected = np.array([0.2**2, 0.3**2])
    counts = np.bincount(negatives, minlength=3)[1:]
    assert chisquare(counts, ITEMS * expected / expected.sum()).pvalue > 0.01


def test_a_fraction_of_the_hard_negatives_can_be_random(rng):
    probabilities = np.tile([0.0, 0.0, 1.0, 0.0], (ITEMS, 1))
    negatives = hard_negatives(np.zeros(ITEMS, dtype=int), probabilities, rng, random_fraction=0.3)
    assert chisquare(np.bincount(negatives, minlength=4)[1:], ITEMS * np.array([0.1, 0.8, 0.1])).pvalue > 0.01


@pytest.mark.parametrize(
    "row",
    [
        [0, 0, 0, 0],
        [0, 1, 0, 0],
        [np.nan] * 4,
        [0.2, 0.3, np.nan, 0.1],
        [0.2, 0.3, np.inf, 0.1],
        [0, 1e300, 0, 0],
    ],
    ids=["zeros", "certain of the true label", "NaN", "one NaN", "infinite", "huge"],
)
def test_a_row_that_says_nothing_of_the_wrong_labels_is_uniform(rng, row):
    negatives = hard_negatives(np.ones(ITEMS, dtype=int), np.tile(np.array(row, dtype=float), (ITEMS, 1)), rng)
    counts = np.bincount(negatives, minlength=4)
    assert counts[1] == 0
    assert chisquare(np.delete(counts, 1)).pvalue > 0.01


def test_tiny_probabilities_still_count(rng):
    negatives = hard_negatives(np.zeros(100, dtype=int), np.tile([1.0, 0.0, 1e-300], (100, 1)), rng, temperature=0.1)
    assert (negatives == 2).all()


def test_the_same_generator_draws_the_same_negatives():
    labels, probabilities = np.arange(100) % 10, np.random.default_rng(0).random((100, 10))
    first, again = (hard_negatives(labels, probabilities, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("row", "options", "text"),
    [
        ([0.5, -0.5], {}, "must not be negative"),
        ([0.5], {}, "2 classes or more"),
        ([0.5, 0.5], {"temperature": 0.0}, "temperature"),
        ([0.5, 0.5], {"random_fraction": 1.5}, "random_fraction"),
    ],
)
def test_what_is_no_probability_is_refused(rng, row, options, text):
    with pytest.raises(ValueError, match=text):
        hard_negatives(np.array([0]), np.array([row]), rng, **options)


def test_false_labels_are_different_and_all_sets_and_orders_equally_likely(rng):
    found = false_labels(np.full(ITEMS, 2), 5, 2, rng)
    assert (found != 2).all()
    assert (found[:, 0] != found[:, 1]).all()
    counts = np.bincount(found[:, 0] * 5 + found[:, 1], minlength=25)
    assert np.count_nonzero(counts) == 4 * 3
    assert chisquare(counts[counts > 0]).pvalue > 0.01


@pytest.mark.parametrize("count", [0, 3])
def test_more_false_labels_than_there_are_cannot_be_drawn(rng, count):
    with pytest.raises(ValueError, match="there are 2 false labels"):
        false_labels(np.zeros(2, dtype=int), 3, count, rng)
