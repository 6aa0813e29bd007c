from __future__ import annotations

import numpy as np
import pytest

from brainlearn.stimuli import hybrid_images
from brainlearn.stimuli.hybrid import large_regions


def test_every_pixel_is_that_of_the_image_or_of_one_other_image():
    values = np.arange(1, 41, dtype=np.float32)
    images = np.repeat(values[:, None], 12 * 10, axis=1)  # image k is k everywhere
    found = hybrid_images(images, (12, 10), 6, np.random.default_rng(0))
    others = []
    for k, hybrid in enumerate(found):
        rest = set(np.unique(hybrid)) - {values[k]}
        assert len(rest) <= 1  # its own, and one other at most
        others += rest
    assert len(set(others)) == len(others)  # every image is the partner of one
    assert len(others) > 30
    shares = (found == values[:, None]).mean()
    assert 0.4 < shares < 0.6


def test_the_planes_of_a_colour_image_have_one_mask():
    colours = np.repeat(np.random.default_rng(2).random((20, 3)), 12 * 10, axis=1)  # image k has three colours
    found = hybrid_images(colours, (12, 10), 6, np.random.default_rng(0)).reshape(20, 3, 120)
    own = found == colours.reshape(20, 3, 120)
    assert (own[:, :1] == own).all()
    assert 0.4 < own.mean() < 0.6


def test_each_blur_makes_the_regions_larger():
    def changes(blurs: int) -> float:
        mask = large_regions(50, (28, 28), blurs, np.random.default_rng(1))
        return float((mask[:, :, 1:] != mask[:, :, :-1]).mean())

    assert changes(0) == pytest.approx(0.5, abs=0.02)
    assert changes(0) > 1.5 * changes(2) > 2 * changes(8)


def test_a_mask_is_that_of_the_kernel_of_the_paper():
    rng = np.random.default_rng(2)
    (mask,) = large_regions(1, (9, 9), 1, rng)
    noise = np.random.default_rng(2).random((1, 9, 9), dtype=np.float32)[0]
    kernel = np.outer([0.25, 0.5, 0.25], [0.25, 0.5, 0.25])
    for row, column in [(4, 4), (1, 7), (6, 2)]:
        around = noise[row - 1 : row + 2, column - 1 : column + 2]
        assert mask[row, column] == ((around * kernel).sum() > 0.5)


def test_one_image_has_no_partner():
    with pytest.raises(ValueError, match="needs two images"):
        hybrid_images(np.ones((1, 12)), (3, 4), 6, np.random.default_rng(0))
