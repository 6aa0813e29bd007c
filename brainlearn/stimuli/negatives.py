"""Negative presentations: an image with a label that is not its own.

Source: Hinton, "The forward-forward algorithm" (arXiv 2212.13345): a wrong label is drawn in proportion to
the probability that the network gives it when it sees a neutral label. Drawing among all labels instead of
the wrong ones makes every tenth negative a positive, a mistake that published programs make. That probability is a
softmax readout's, trained with labels; goodness itself may choose among `false_labels` instead.
"""

from __future__ import annotations

import numpy as np


def random_negatives(labels: np.ndarray, classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return wrong labels, all equally likely.

    Parameters
    ----------
    labels : (item,) array
        True labels, from 0 to ``classes - 1``.
    classes : int
        Number of classes, at least 2.
    rng : numpy.random.Generator
        Draws the labels.

    Returns
    -------
    (item,) array
        Wrong labels, int64; never the true one.
    """
    if classes < 2:
        raise ValueError(f"a wrong label needs at least 2 classes; found {classes}")
    return (np.asarray(labels) + rng.integers(1, classes, size=len(labels))) % classes


def false_labels(labels: np.ndarray, classes: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return some different false labels of each item, in a drawn order; all sets and orders are equally likely.

    Parameters
    ----------
    labels : (item,) array
        True labels, from 0 to ``classes - 1``.
    classes : int
        Number of classes.
    count : int
        False labels of each item, 1 to ``classes - 1``.
    rng : numpy.random.Generator
        Draws the labels.

    Returns
    -------
    (item, count) array
        False labels, int64; in no row the true one, or one twice.

    Examples
    --------
    >>> sorted(false_labels(np.array([1]), 4, 3, np.random.default_rng(0))[0].tolist())
    [0, 2, 3]
    """
    if not 1 <= count < classes:
        raise ValueError(f"there are {classes - 1} false labels; found count = {count}")
    others = np.tile(np.arange(1, classes, dtype=np.int64), (len(labels), 1))
    return (np.asarray(labels)[:, None] + rng.permuted(others, axis=1)[:, :count]) % classes


def hard_negatives(
    labels: np.ndarray,
    probabilities: np.ndarray,
    rng: np.random.Generator,
    temperature: float = 1.0,
    random_fraction: float = 0.0,
) -> np.ndarray:
    """Return wrong labels, drawn in proportion to ``probabilities ** (1 / temperature)``.

    A row that says nothing about the wrong labels (a NaN, an infinity, or zeros) counts as uniform.

    Parameters
    ----------
    labels : (item,) array
        True labels.
    probabilities : (item, class) array
        Probabilities that the network assigns [1], not negative; rows need not sum to 1.
    rng : numpy.random.Generator
        Draws the labels.
    temperature : float
        Above 1 the draw comes nearer to uniform, below 1 nearer to the likeliest wrong label.
    random_fraction : float
        Share of the negatives, 0 to 1, that is drawn uniformly instead.

    Returns
    -------
    (item,) array
        Wrong labels, int64; never the true one.

    Raises
    ------
    ValueError
        If a probability is negative, or if `temperature` or `random_fraction` is out of range.
    """
    if not (temperature > 0 and 0 <= random_fraction <= 1):
        raise ValueError("temperature must be positive and random_fraction in 0 to 1")
    chances = wrong_label_chances(labels, probabilities, temperature)
    uniform = wrong_label_chances(labels, np.ones_like(chances), 1.0)
    cumulative = np.cumsum((1 - random_fraction) * chances + random_fraction * uniform, axis=1)
    drawn = rng.random((len(cumulative), 1)) * cumulative[:, -1:]  # always below the last sum
    return np.argmax(cumulative > drawn, axis=1)  # the true label adds nothing: never the first above


def wrong_label_chances(labels: np.ndarray, probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return the (item, class) chance of each wrong label; 0 for the true one, and every row sums to 1."""
    wrong = np.asarray(probabilities, dtype=np.float64).copy()
    if wrong.ndim != 2 or wrong.shape[1] < 2:
        raise ValueError(f"probabilities must be (item, class), 2 classes or more; found shape {wrong.shape}")
    if (wrong < 0).any():
        raise ValueError(f"probabilities must not be negative; found {np.nanmin(wrong)}")
    unknown = ~np.isfinite(wrong).all(axis=1)
    true = (np.arange(len(wrong)), np.asarray(labels))
    wrong[true] = 0.0
    unknown |= wrong.max(axis=1) == 0
    wrong[unknown] = 1.0
    wrong = (wrong / wrong.max(axis=1, keepdims=True)) ** (1 / temperature)  # no row underflows
    wrong[true] = 0.0
    return wrong / wrong.sum(axis=1, keepdims=True)
