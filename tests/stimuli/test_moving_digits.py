"""Films of moving digits: each frame is the one before, moved by a pixel, and the target is the next one."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn import load_dataset
from brainlearn.stimuli import DATASETS
from brainlearn.stimuli.dataset_check import check_dataset
from brainlearn.stimuli.moving_digits import DIRECTIONS, films_of


@pytest.mark.parametrize("number", range(len(DIRECTIONS)))
def test_a_digit_moves_straight_on_and_comes_back_in(number: int) -> None:
    image = np.random.default_rng(number).random((1, 64))
    (film,) = films_of(image, np.array([number]))
    expected = image.reshape(8, 8)
    for frame in film.reshape(-1, 8, 8):
        np.testing.assert_array_equal(frame, expected)
        expected = np.roll(expected, DIRECTIONS[number], axis=(0, 1))
    assert len(film) == 9


def test_the_target_of_a_frame_is_the_next_one_and_test_digits_are_others() -> None:
    first, again, other = (DATASETS["moving_digits"].load(None, seed) for seed in (1, 1, 2))
    check_dataset(first)
    assert first.shape == DATASETS["moving_digits"].shape
    assert first.sha256 == again.sha256 != other.sha256
    np.testing.assert_array_equal(first.images[:, 1:], first.labels[:, :-1])
    digits = load_dataset("digits", seed=1)
    np.testing.assert_array_equal(first.images[:, 0], digits.images)
    np.testing.assert_array_equal(first.test_images[:, 0], digits.test_images)
    assert len(np.unique(first.labels[:, 0] - first.images[:, 0], axis=0)) > 1000  # they move
