"""Yin-Yang: points in the plane, of three classes, which no linear readout separates; drawn here, not loaded.

Source: Kriener, Göltz and Petrovici, "The Yin-Yang dataset" (NICE 2022, arXiv 2102.08211).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset

RADIUS, DOT = 0.5, 0.1  # of the whole figure, whose middle is (0.5, 0.5), and of its two dots
CLASSES = ("yin", "yang", "dot")
TRAINING, VALIDATION, TEST = 5000, 1000, 1000
_DRAWN_AT_ONCE = 4096


def load_yin_yang(folder: Path | None, seed: int) -> Dataset:
    """Return as many points as published: 5,000 to learn from, then 1,000 for validation, and 1,000 to test."""
    learned, labels = draw_points(TRAINING + VALIDATION, np.random.default_rng([seed, 2]))
    tested, test_labels = draw_points(TEST, np.random.default_rng([seed, 3]))
    return Dataset(
        "yin_yang",
        four_values(learned),
        labels,
        four_values(tested),
        test_labels,
        classes=len(CLASSES),
        sheet=(1, 4),
        validate_on_last=True,
        class_names=CLASSES,
    )


def draw_points(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw the class of each point uniformly, then the point uniformly from the part of the figure of that class.

    Returns
    -------
    points : (item, 2) array
        x and y in [0, 1].
    classes : (item,) array of int
    """
    classes = rng.integers(0, len(CLASSES), count)
    points = np.empty((count, 2))
    for number in range(len(CLASSES)):
        wanted, found = np.flatnonzero(classes == number), np.empty((0, 2))
        while len(found) < len(wanted):
            drawn = rng.random((_DRAWN_AT_ONCE, 2))
            found = np.concatenate([found, drawn[class_of(drawn) == number]])
        points[wanted] = found[: len(wanted)]
    return points, classes.astype(np.int64)


def class_of(points: np.ndarray) -> np.ndarray:
    """Return the class of each of (item, 2) points, and -1 outside of the figure.

    The figure is a disc. A wave of two half circles, of half its radius, divides it from left to right: first down,
    then up. ``yang`` is above the wave, ``yin`` below; two dots lie in the middles of the half circles.
    """
    x, y = points[:, 0], points[:, 1]
    left, right = (np.hypot(x - at * RADIUS, y - RADIUS) for at in (0.5, 1.5))
    upper = (left <= RADIUS / 2) | ((y > RADIUS) & (right > RADIUS / 2))
    found = np.where(np.minimum(left, right) < DOT, 2, upper.astype(int))
    return np.where(np.hypot(x - RADIUS, y - RADIUS) > RADIUS, -1, found)


def four_values(points: np.ndarray) -> np.ndarray:
    """Return x, y, 1 - x and 1 - y of (item, 2) points: with these a neuron without a bias can learn."""
    return np.concatenate([points, 1 - points], axis=1).astype(np.float32)
