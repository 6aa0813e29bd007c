from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from brainlearn.stimuli import Split, with_wrong_labels


@pytest.fixture
def split() -> Split:
    labels = np.repeat(np.arange(4), 1000)
    return Split(np.arange(4000.0)[:, None], labels, np.zeros((3, 1)), np.array([0, 1, 2]))


@pytest.mark.parametrize(("fraction", "wrong"), [(0.0, 0), (0.25, 1000), (0.5, 2000), (0.9999, 4000)])
def test_the_fraction_is_wrong_to_the_item(split, fraction, wrong):
    noisy = with_wrong_labels(split, 4, fraction, np.random.default_rng(1))
    assert (noisy.train_labels != split.train_labels).sum() == wrong


def test_every_class_and_every_wrong_answer_is_as_likely(split):
    noisy = with_wrong_labels(split, 4, 0.5, np.random.default_rng(1))
    confusion = np.zeros((4, 4))
    np.add.at(confusion, (split.train_labels, noisy.train_labels), 1)
    wrong = confusion[~np.eye(4, dtype=bool)]
    assert chisquare(wrong, np.full(12, 2000 / 12)).pvalue > 0.01


def test_images_and_validation_labels_stay_and_the_given_labels_are_not_overwritten(split):
    noisy = with_wrong_labels(split, 4, 0.5, np.random.default_rng(1))
    assert noisy.train_images is split.train_images
    assert noisy.validation_labels is split.validation_labels
    np.testing.assert_array_equal(split.train_labels, np.repeat(np.arange(4), 1000))
