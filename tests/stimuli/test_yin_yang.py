"""Yin-Yang is drawn as it was published: the geometry, the numbers of points, and what a linear readout makes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from brainlearn.stimuli import load_dataset, split_validation
from brainlearn.stimuli.yin_yang import class_of, draw_points

BY_HAND = {
    (0.25, 0.5): 2,  # the middles of the dots
    (0.75, 0.5): 2,
    (0.25, 0.595): 2,  # just within a dot, and just without
    (0.25, 0.605): 1,
    (0.5, 0.95): 1,  # above and below
    (0.5, 0.05): 0,
    (0.25, 0.35): 1,  # the left bulge reaches below the middle, the right one above
    (0.75, 0.65): 0,
    (0.25, 0.2): 0,
    (0.75, 0.8): 1,
    (0.02, 0.02): -1,  # outside
}


def published(x: float, y: float, big: float = 0.5, small: float = 0.1) -> int:
    """The class of a point within the figure, by the criteria of the paper's appendix, one after the other."""
    right, left = math.dist((x, y), (1.5 * big, big)), math.dist((x, y), (0.5 * big, big))
    if right < small or left < small:
        return 2
    return int(right <= small or small < left <= 0.5 * big or (y > big and right > 0.5 * big))


@pytest.mark.parametrize(("point", "expected"), BY_HAND.items())
def test_points_are_of_the_class_that_the_figure_shows(point: tuple[float, float], expected: int) -> None:
    assert class_of(np.array([point])).tolist() == [expected]


def test_classes_are_those_of_the_published_criteria() -> None:
    points, classes = draw_points(2000, np.random.default_rng(5))
    assert [published(x, y) for x, y in points] == classes.tolist()
    assert np.hypot(*(points - 0.5).T).max() <= 0.5


def test_the_parts_have_the_areas_of_the_figure() -> None:
    middles = (np.arange(1000) + 0.5) / 1000
    grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    counts = np.bincount(class_of(grid) + 1) / 1e6
    disc, dots = math.pi * 0.5**2, 2 * math.pi * 0.1**2
    np.testing.assert_allclose(counts, [1 - disc, (disc - dots) / 2, (disc - dots) / 2, dots], atol=5e-4)
    turned = class_of(1 - grid)
    np.testing.assert_array_equal(np.where(turned < 0, -1, np.array([1, 0, 2])[turned]), class_of(grid))


def test_there_are_as_many_points_as_published_and_validation_is_apart() -> None:
    found = load_dataset("yin_yang")
    split = split_validation(found, 1000, None, np.random.default_rng(0))
    assert [len(each) for each in (split.train_labels, split.validation_labels, found.test_labels)] == [
        5000,
        1000,
        1000,
    ]
    both = np.concatenate([found.images, found.test_images])
    assert len(np.unique(both, axis=0)) == 7000
    np.testing.assert_allclose(both[:, :2] + both[:, 2:], 1, atol=1e-6)
    assert np.bincount(found.labels).min() > 6000 / 3 - 4 * math.sqrt(6000 * 2 / 9)
    assert found.class_names == ("yin", "yang", "dot")


def test_a_seed_draws_the_same_points_again_and_another_one_others() -> None:
    first, again, other = (load_dataset("yin_yang", seed=seed) for seed in (1, 1, 2))
    assert first.sha256 == again.sha256 != other.sha256


def test_a_linear_readout_is_as_bad_as_published() -> None:
    found = load_dataset("yin_yang")
    right = LogisticRegression().fit(found.images, found.labels).score(found.test_images, found.test_labels)
    assert right == pytest.approx(0.638, abs=0.05)  # as in Kriener et al. 2022: 63.8 %
