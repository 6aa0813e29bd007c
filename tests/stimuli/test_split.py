from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.stimuli import Dataset, split_validation


@pytest.fixture
def dataset() -> Dataset:
    images = np.arange(20, dtype=np.float32)[:, None] / 20
    labels = np.arange(20)
    return Dataset("twenty", images, labels, images[:2], labels[:2], classes=20, sheet=(1, 1))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_no_item_is_in_both_parts_and_none_is_lost(dataset, rng):
    split = split_validation(dataset, 6, None, rng)
    assert (len(split.train_labels), len(split.validation_labels)) == (14, 6)
    assert sorted([*split.train_labels, *split.validation_labels]) == list(range(20))


def test_images_stay_with_their_labels(dataset, rng):
    split = split_validation(dataset, 6, None, rng)
    np.testing.assert_array_equal(split.train_images[:, 0], split.train_labels.astype(np.float32) / 20)
    np.testing.assert_array_equal(split.validation_images[:, 0], split.validation_labels.astype(np.float32) / 20)


def test_the_same_generator_draws_the_same_split(dataset):
    splits = [split_validation(dataset, 6, None, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(splits[0].validation_labels, splits[1].validation_labels)
    assert not np.array_equal(splits[0].validation_labels, splits[2].validation_labels)


def test_the_published_order_keeps_its_last_items_for_validation_without_a_copy(dataset, rng):
    split = split_validation(replace(dataset, validate_on_last=True), 5, None, rng)
    np.testing.assert_array_equal(split.validation_labels, [15, 16, 17, 18, 19])
    np.testing.assert_array_equal(split.train_labels, np.arange(15))
    assert np.shares_memory(split.train_images, dataset.images)


@pytest.mark.parametrize("validate_on_last", [True, False])
def test_fewer_samples_leave_the_validation_items_as_they_are(dataset, validate_on_last):
    dataset = replace(dataset, validate_on_last=validate_on_last)
    few = split_validation(dataset, 5, 3, np.random.default_rng(1))
    every = split_validation(dataset, 5, None, np.random.default_rng(1))
    np.testing.assert_array_equal(few.train_labels, every.train_labels[:3])
    np.testing.assert_array_equal(few.validation_labels, every.validation_labels)


def test_no_validation_leaves_all_items_for_training(dataset, rng):
    split = split_validation(dataset, 0, None, rng)
    assert (len(split.train_labels), len(split.validation_labels)) == (20, 0)


@pytest.mark.parametrize(
    ("validation", "samples", "allowed"),
    [(20, None, "0 to 19"), (-1, None, "0 to 19"), (5, 16, "1 to 15"), (5, 0, "1 to 15")],
)
def test_numbers_that_do_not_fit_are_refused(dataset, rng, validation, samples, allowed):
    with pytest.raises(UserError, match=f'dataset "twenty".*allowed: {allowed}'):
        split_validation(dataset, validation, samples, rng)
