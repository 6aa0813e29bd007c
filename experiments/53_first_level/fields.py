"""What the weights of a first level look like, in numbers: whether they are coherent, have strokes, and fit labels."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label as connected

DEALS, LEVEL = 200, 97.5  # random deals that a unit is compared with, and the percentile that it must exceed
STRONG = 2.0  # standard deviations from the unit's mean: weights of a patch
ELONGATED = 2.0  # times as long as wide: a stroke


def neighbours(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of neighbouring pixels, by their number among those that are ever on, (pair,) each.

    Parameters
    ----------
    seen : (rows, columns) array of bool
        Which pixels are ever on.
    """
    number = np.full(seen.shape, -1)
    number[seen] = np.arange(seen.sum())
    sides = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    one = np.concatenate([a.ravel() for a, _ in sides])
    other = np.concatenate([b.ravel() for _, b in sides])
    both = (one >= 0) & (other >= 0)
    return one[both], other[both]


def moran(weights: np.ndarray, pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return how alike the weights of neighbouring pixels are: Moran's I of every unit, (unit,).

    Moran 1950, Biometrika 37, 17: the mean product of neighbours over the variance. It is about 0 for weights without
    order, 1 where neighbours are equal, -1 for a chessboard.

    Parameters
    ----------
    weights : (pixel, unit) array
    pairs : two (pair,) arrays of int
        Neighbours, from `neighbours`.
    """
    deviation = weights - weights.mean(axis=0)
    products = (deviation[pairs[0]] * deviation[pairs[1]]).mean(axis=0)
    variance = (deviation**2).mean(axis=0)
    return np.divide(products, variance, out=np.zeros_like(products), where=variance > 0)


def beyond_chance(measured: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """Return which units exceed the percentile `LEVEL` of their own random deals, (unit,) bool.

    Parameters
    ----------
    measured : (unit,) array
    dealt : (deal, unit) array
    """
    return measured > np.percentile(dealt, LEVEL, axis=0)


def coherent(weights: np.ndarray, seen: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return which units have weights with more order than the same weights dealt out among pixels, and Moran's I."""
    pairs = neighbours(seen)
    dealt = [moran(rng.permuted(weights, axis=0), pairs) for _ in range(DEALS)]
    found = moran(weights, pairs)
    return beyond_chance(found, np.array(dealt)), found


def with_strokes(weights: np.ndarray, seen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return which units have a stroke, (unit,) bool.

    A stroke is a patch of neighbouring strong weights of one sign that has more pixels than the largest one of the same
    weights dealt out among pixels, and is at least `ELONGATED` times as long as wide.
    """
    largest = [largest_patch(weights, seen) for weights in weights.T]
    size = np.array([len(patch) for patch in largest])
    dealt = [[len(largest_patch(unit, seen)) for unit in rng.permuted(weights, axis=0).T] for _ in range(DEALS // 4)]
    return beyond_chance(size, np.array(dealt)) & np.array([elongation(patch) >= ELONGATED for patch in largest])


def largest_patch(weights: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return row and column of the pixels in the largest patch of strong weights of one sign, (pixel, 2)."""
    sheet = np.zeros(seen.shape)
    spread = weights.std()
    sheet[seen] = (weights - weights.mean()) / spread if spread > 0 else 0
    best = np.zeros((0, 2), dtype=int)
    for strong in (sheet > STRONG, sheet < -STRONG):
        numbered, count = connected(strong, structure=np.ones((3, 3)))
        if count:
            sizes = np.bincount(numbered.ravel())[1:]
            if sizes.max() > len(best):
                best = np.argwhere(numbered == 1 + sizes.argmax())
    return best


def elongation(patch: np.ndarray) -> float:
    """Return how many times as long as wide a patch is: the ratio of its spreads along both principal axes.

    A pixel is a square with a side of 1, so a row of n pixels is n times as long as wide.
    """
    if len(patch) < 2:
        return 1.0
    spread = np.linalg.eigvalsh(np.cov(patch.T, bias=True) + np.eye(2) / 12)
    return float(np.sqrt(spread[1] / spread[0]))


def fitting(label_weights: np.ndarray, drive: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return which units have label weights that fit their image weights, (unit,) bool, and how well, (unit,).

    How well is the correlation, over labels, of a unit's label weights with the mean drive that images of each label
    bring it. It must exceed that with the label weights of units drawn at random.

    Parameters
    ----------
    label_weights, drive : (label, unit) array
    rng : numpy.random.Generator
    """
    units = label_weights.shape[1]
    dealt = [correlation(label_weights[:, rng.permutation(units)], drive) for _ in range(DEALS)]
    found = correlation(label_weights, drive)
    return beyond_chance(found, np.array(dealt)), found


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the correlation over rows of every column of two arrays, (column,); 0 where one is constant."""
    a, b = one - one.mean(axis=0), other - other.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.divide((a * b).sum(axis=0), scale, out=np.zeros_like(scale), where=scale > 0)
