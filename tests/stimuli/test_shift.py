from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.stats import chisquare

from brainlearn.stimuli import shift_images


def dots(count: int) -> np.ndarray:
    """Images of 7 x 9 pixels, all black but for a bright pixel at (3, 4) and a dim one right of it."""
    images = np.zeros((count, 7, 9), dtype=np.float32)
    images[:, 3, 4], images[:, 3, 5] = 1.0, 0.5
    return images.reshape(count, -1)


def test_every_place_is_as_likely_as_any_other_and_the_picture_moves_as_one():
    shifted = shift_images(dots(5000), (7, 9), 2, np.random.default_rng(0)).reshape(-1, 7, 9)
    bright, dim = np.argwhere(shifted == 1.0), np.argwhere(shifted == 0.5)
    np.testing.assert_array_equal(dim - bright, np.tile([0, 0, 1], (5000, 1)))
    places = Counter(map(tuple, bright[:, 1:] - [3, 4]))
    assert set(places) == {(down, right) for down in range(-2, 3) for right in range(-2, 3)}
    assert chisquare(list(places.values())).pvalue > 0.01
    assert shifted.sum() == 1.5 * 5000


def test_what_leaves_the_image_is_gone_and_what_comes_in_is_black():
    images = np.ones((200, 12), dtype=np.float32)
    shifted = shift_images(images, (3, 4), 2, np.random.default_rng(1)).reshape(-1, 3, 4)
    assert {int(image.sum()) for image in shifted} == {r * c for r in (1, 2, 3) for c in (2, 3, 4)}
    assert (images == 1).all()


def test_no_shift_leaves_the_images_as_they_are():
    images = np.random.default_rng(2).random((5, 12))
    np.testing.assert_array_equal(shift_images(images, (3, 4), 0, np.random.default_rng(3)), images)


def test_a_curve_moves_along_its_row_and_goes_on_as_it_ended():
    curve = np.array([[1.0, 2.0, 3.0, 4.0]])
    shifted = shift_images(np.repeat(curve, 200, axis=0), (1, 4), 2, np.random.default_rng(4))
    expected = {(3, 4, 4, 4), (2, 3, 4, 4), (1, 2, 3, 4), (1, 1, 2, 3), (1, 1, 1, 2)}
    assert set(map(tuple, shifted.astype(int).tolist())) == expected


def test_the_planes_of_a_colour_image_move_as_one():
    planes = np.stack([np.roll(dots(1).reshape(7, 9), right, axis=1) for right in (0, 1, 2)])
    images = np.repeat(planes.reshape(1, -1), 500, axis=0)
    shifted = shift_images(images, (7, 9), 2, np.random.default_rng(5))
    assert shifted.shape == images.shape
    bright = np.argwhere(shifted.reshape(500, 3, 7, 9) == 1.0).reshape(500, 3, 4)
    np.testing.assert_array_equal(bright[:, :, 1], np.tile([0, 1, 2], (500, 1)))
    np.testing.assert_array_equal(bright[:, 1:, 2:] - bright[:, :1, 2:], np.tile([[0, 1], [0, 2]], (500, 1, 1)))
    assert len({tuple(place) for place in bright[:, 0, 2:]}) == 25


def test_the_frames_of_a_film_move_as_one():
    films = np.repeat(dots(100).reshape(100, 1, -1), 4, axis=1)
    shifted = shift_images(films, (7, 9), 2, np.random.default_rng(6))
    assert shifted.shape == films.shape
    np.testing.assert_array_equal(shifted, np.repeat(shifted[:, :1], 4, axis=1))
