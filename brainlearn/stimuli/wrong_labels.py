"""Training items with permanently wrong labels, to see how robust learning is against them.

Source: Rolnick, Veit, Belongie & Shavit 2017 (arXiv 1705.10694), uniform label noise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from brainlearn.stimuli.negatives import random_negatives
from brainlearn.stimuli.split import Split


def with_wrong_labels(split: Split, classes: int, fraction: float, rng: np.random.Generator) -> Split:
    """Return a split in which a fraction of the training labels is wrong; those for validation stay as they are.

    Parameters
    ----------
    split : Split
        With classes as labels.
    classes : int
        Number of classes, at least 2.
    fraction : float
        Of the training items, from 0 to 1; the number of items is rounded.
    rng : numpy.random.Generator
        Draws which items, and for each a wrong class, all equally likely.

    Examples
    --------
    >>> images, labels = np.zeros((10, 4)), np.zeros(10, dtype=np.int64)
    >>> half = with_wrong_labels(Split(images, labels, images, labels), 3, 0.5, np.random.default_rng(1))
    >>> int((half.train_labels != 0).sum()), int((half.validation_labels != 0).sum())
    (5, 0)
    """
    labels = split.train_labels.copy()
    chosen = rng.permutation(len(labels))[: round(fraction * len(labels))]
    labels[chosen] = random_negatives(labels[chosen], classes, rng)
    return replace(split, train_labels=labels)
