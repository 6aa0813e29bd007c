from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli import embed_label, embed_values, neutral_label, one_hot


def test_one_hot_has_the_strength_at_the_label_and_zero_elsewhere():
    values = one_hot(np.array([2, 0]), 3, strength=5.0)
    np.testing.assert_array_equal(values, [[0, 0, 5], [5, 0, 0]])
    assert values.dtype == np.float32


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(ValueError, match="labels must be from 0 to 2"):
        one_hot(np.array([0, label]), 3)


def test_the_label_replaces_the_first_pixels_and_leaves_the_rest():
    images = np.full((2, 6), 0.5, dtype=np.float32)
    embedded = embed_label(images, np.array([1, 3]), 4, strength=3.0)
    np.testing.assert_array_equal(embedded, [[0, 3, 0, 0, 0.5, 0.5], [0, 0, 0, 3, 0.5, 0.5]])
    assert embedded.dtype == np.float32


def test_embedding_leaves_the_images_as_they_were():
    images = np.full((1, 6), 0.5, dtype=np.float32)
    embed_label(images, np.array([1]), 4)
    np.testing.assert_array_equal(images, np.full((1, 6), 0.5))


def test_embedding_into_bytes_keeps_fractions():
    assert embed_values(np.zeros((1, 4), dtype=np.uint8), neutral_label(1, 4))[0, 0] == 0.25


def test_a_label_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="10 label values do not fit into 6 pixels"):
        embed_label(np.zeros((1, 6), dtype=np.float32), np.array([1]), 10)


def test_a_neutral_label_has_the_sum_of_a_label_and_prefers_none():
    values = neutral_label(3, 10, strength=5.0)
    assert values.shape == (3, 10)
    np.testing.assert_array_equal(values, np.full((3, 10), 0.5))
