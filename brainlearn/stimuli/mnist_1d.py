"""MNIST-1D: ten short curves, one for each digit, stretched, moved, tilted and hidden in noise; drawn here, not loaded.

Source: Greydanus and Kobak, "Scaling down deep learning with MNIST-1D" (ICML 2024, arXiv 2011.14439), appendix A.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.grey_levels import as_grey_levels

TRAINING, TEST = 4000, 1000
POINTS = 40  # of an item
LOW, HIGH = -5.0, 5.0  # standard deviations that become black and white
_LONGEST = 72  # template and most padding
_PADDING = (36, 60)
_SCALE, _TILT = 0.4, 0.75  # ranges, around 1 and 0
_FURTHEST = 48  # steps that a curve may be moved
_SMOOTH_NOISE, _NOISE = 0.25, 0.02
_SMOOTH_OVER = 2  # steps

TEMPLATES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)
"""The curve of each digit, as published."""


def load_mnist_1d(folder: Path | None, seed: int) -> Dataset:
    """Return as many items as published, 4,000 to learn from and 1,000 to test, drawn with `seed`."""
    rng = np.random.default_rng([seed, 4])
    labels = rng.permutation(np.repeat(np.arange(10), (TRAINING + TEST) // 10))
    curves = draw_curves(labels, rng)
    curves = (curves - curves.mean()) / curves.std()
    images = as_grey_levels(np.clip(curves, LOW, HIGH), HIGH, LOW)
    learned, tested = slice(0, TRAINING), slice(TRAINING, None)
    return Dataset(
        "mnist_1d", images[learned], labels[learned], images[tested], labels[tested], classes=10, sheet=(1, POINTS)
    )


def draw_curves(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return one curve for each of (item,) digits: (item, point), as large as the templates, with noise around them."""
    from scipy.ndimage import gaussian_filter1d

    items, templates = len(labels), _standard_templates()
    padding = rng.integers(_PADDING[0], _PADDING[1] + 1, items)
    scales = 1 + _SCALE * (rng.random(items) - 0.5)
    moves = rng.integers(0, _FURTHEST, items)
    tilts = _TILT * (rng.random(items) - 0.5)
    curves, there = np.empty((items, _LONGEST)), np.empty((items, _LONGEST), dtype=bool)
    for k, label in enumerate(labels):
        curve, part = _stretched(templates[label], padding[k])
        curves[k], there[k] = np.roll(scales[k] * curve, moves[k]), np.roll(part, moves[k])
    noise = gaussian_filter1d(_SMOOTH_NOISE * rng.standard_normal(curves.shape), _SMOOTH_OVER, axis=1)
    curves = np.where(there, curves, noise) + _NOISE * rng.standard_normal(curves.shape)
    curves -= tilts[:, None] * np.linspace(-0.5, 0.5, _LONGEST)
    return np.stack([_resampled(curve, POINTS) for curve in curves])


def _standard_templates() -> np.ndarray:
    """Return the templates with standard deviation 1/6, each beginning at 0."""
    found = TEMPLATES - TEMPLATES.mean(axis=1, keepdims=True)
    found /= found.std(axis=1, keepdims=True)
    return np.asarray((found - found[:, :1]) / 6)


def _stretched(template: np.ndarray, padding: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a template with zeros behind it, stretched to the longest; and where it is that is not only zeros."""
    whole = np.concatenate([template, np.zeros(padding)])
    part = np.concatenate([np.ones(len(template)), np.zeros(padding)])
    return _resampled(whole, _LONGEST), _resampled(part, _LONGEST) > 0


def _resampled(curve: np.ndarray, points: int) -> np.ndarray:
    return np.interp(np.linspace(0, 1, points), np.linspace(0, 1, len(curve)), curve)
