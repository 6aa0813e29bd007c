"""MNIST-1D is drawn as it was published: step by step the same distribution, and as hard for a linear readout."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from sklearn.linear_model import LogisticRegression

from brainlearn.stimuli import load_dataset
from brainlearn.stimuli.mnist_1d import TEMPLATES, draw_curves

EACH = 200


def stretched(curve: np.ndarray, points: int) -> np.ndarray:
    return np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(curve)), curve)


def published(digit: int, rng: np.random.Generator) -> np.ndarray:
    """One item by the steps that the paper lists, in its order."""
    curve = (TEMPLATES[digit] - TEMPLATES[digit].mean()) / TEMPLATES[digit].std()
    curve = (curve - curve[0]) / 6 + 1e-8  # so that the curve differs from what is padded, at its ends too
    curve = np.concatenate([curve, np.zeros(36 + int(rng.random() * 25))])
    curve = stretched(curve, 72) * (1 + 0.4 * (rng.random() - 0.5))
    curve = np.roll(curve, rng.integers(48))
    curve = np.where(curve != 0, curve, gaussian_filter(0.25 * rng.normal(size=72), 2))
    curve = curve + 0.02 * rng.normal(size=72)
    curve = curve - 0.75 * (rng.random() - 0.5) * np.linspace(-0.5, 0.5, 72)
    return stretched(curve, 40)


def test_curves_are_distributed_as_by_the_published_steps() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(10), EACH)
    expected = np.stack([published(digit, rng) for digit in labels]).reshape(10, EACH, 40)
    found = draw_curves(labels, np.random.default_rng(2)).reshape(10, EACH, 40)
    five_errors = 5 * expected.std() * np.sqrt(2 / EACH)  # of a difference of two means
    np.testing.assert_allclose(found.mean(axis=1), expected.mean(axis=1), atol=five_errors)
    np.testing.assert_allclose(found.std(axis=1), expected.std(axis=1), atol=five_errors)
    assert found.std() == pytest.approx(expected.std(), rel=0.03)
    steps = np.abs(np.diff(found)).mean(), np.abs(np.diff(expected)).mean()
    assert steps[0] == pytest.approx(steps[1], rel=0.03)


def test_there_are_as_many_items_as_published_and_none_is_cut() -> None:
    found = load_dataset("mnist_1d")
    both = np.concatenate([found.images, found.test_images])
    assert (len(found.labels), len(found.test_labels), both.shape) == (4000, 1000, (5000, 40))
    assert np.bincount(np.concatenate([found.labels, found.test_labels])).tolist() == [500] * 10
    assert 0 < both.min() < both.max() < 1
    in_deviations = 10 * both.astype(float) - 5
    assert in_deviations.mean() == pytest.approx(0, abs=1e-5)
    assert in_deviations.std() == pytest.approx(1, abs=1e-5)


def test_a_seed_draws_the_same_items_again_and_another_one_others() -> None:
    first, again, other = (load_dataset("mnist_1d", seed=seed) for seed in (1, 1, 2))
    assert first.sha256 == again.sha256 != other.sha256


def test_a_linear_readout_is_as_bad_as_published() -> None:
    found = load_dataset("mnist_1d")
    readout = LogisticRegression(max_iter=1000).fit(10 * found.images - 5, found.labels)
    assert readout.score(10 * found.test_images - 5, found.test_labels) == pytest.approx(0.32, abs=0.06)
