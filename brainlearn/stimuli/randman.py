"""Randman: spike trains whose times are on smooth random manifolds, one for each class; drawn here, not loaded.

Every unit spikes once in every item, so rates say nothing, and only the times do.

Source: Zenke & Vogels, "The remarkable robustness of surrogate gradient learning for instilling complex function in
spiking neural networks" (Neural Computation 33, 899, 2021), section "Smooth random manifolds".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset

CLASSES, ITEMS = 10, 1000  # items of each class
TEST = 100  # of the items of each class
UNITS, STEPS = 20, 100
DIMENSIONS, SMOOTHNESS = 2, 2.0
PRECISION = 1e-3  # amplitude below which harmonics are left out


def load_randman(folder: Path | None, seed: int) -> Dataset:
    """Return 9,000 spike trains to learn from and 1,000 to test, of manifolds drawn with `seed`."""
    rng = np.random.default_rng([seed, 5])
    steps = np.concatenate([draw_spikes(ITEMS, rng) for _ in range(CLASSES)])
    labels = np.repeat(np.arange(CLASSES), ITEMS)
    order = rng.permutation(len(labels)).reshape(-1)
    spikes, labels = in_frames(steps[order]), labels[order]
    test = np.sort(np.concatenate([np.flatnonzero(labels == k)[:TEST] for k in range(CLASSES)]))
    learned = np.setdiff1d(np.arange(len(labels)), test)
    return Dataset(
        "randman", spikes[learned], labels[learned], spikes[test], labels[test], classes=CLASSES, sheet=(1, UNITS)
    )


def draw_spikes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a manifold and points on it; return in which of the steps each unit spikes, (item, unit) int."""
    times = points_on_manifold(rng.random((count, DIMENSIONS)), random_harmonics(rng), SMOOTHNESS)
    low, high = times.min(axis=0), times.max(axis=0)
    return np.minimum((times - low) / (high - low) * STEPS, STEPS - 1).astype(np.int64)


def random_harmonics(rng: np.random.Generator) -> np.ndarray:
    """Draw amplitude, frequency and phase of every harmonic, (unit, dimension, 3, harmonic), from 0 to 1."""
    return rng.random((UNITS, DIMENSIONS, 3, int(np.ceil(PRECISION ** (-1 / SMOOTHNESS)))))


def points_on_manifold(points: np.ndarray, harmonics: np.ndarray, smoothness: float) -> np.ndarray:
    """Return where (item, dimension) points lie in the space of units, (item, unit).

    Along each dimension a coordinate is a sum of sines, whose amplitudes fall with the power `smoothness` of their
    number; the coordinate is the product over dimensions. The constant, harmonic 0, is left out, as it is for
    manifolds around the origin.
    """
    amplitude, frequency, phase = np.moveaxis(harmonics, 2, 0)[..., 1:]  # (unit, dimension, harmonic)
    number = np.arange(1, harmonics.shape[3])
    angles = number * frequency * points[:, None, :, None] + phase  # (item, unit, dimension, harmonic)
    return (amplitude / (number + 1) ** smoothness * np.sin(2 * np.pi * angles)).sum(axis=3).prod(axis=2)


def in_frames(steps: np.ndarray) -> np.ndarray:
    """Return 1 where a unit spikes and else 0, (item, step, unit) uint8, for the (item, unit) steps of its spike."""
    frames = np.zeros((len(steps), STEPS, steps.shape[1]), dtype=np.uint8)
    frames[np.arange(len(steps))[:, None], steps, np.arange(steps.shape[1])] = 1
    return frames
