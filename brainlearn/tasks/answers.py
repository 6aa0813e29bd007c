"""How answers are read from numbers, and their errors: short lists, and answers of single populations.

Source: Hinton 2022, arXiv 2212.13345, section 3.3: goodness of every label is the better test; where there are many
labels, one pass with a neutral label proposes a few, and goodness decides among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def likeliest(probabilities: np.ndarray, count: int) -> np.ndarray:
    """Return the `count` likeliest classes of each item, best first, (item, tried).

    >>> likeliest(np.array([[0.1, 0.6, 0.3]]), 2).tolist()
    [[1, 2]]
    """
    return np.argsort(-probabilities, axis=1, kind="stable")[:, :count]


def best_of(labels: np.ndarray, goodness: np.ndarray) -> np.ndarray:
    """Return the label of the greatest goodness, (item,), for (item, tried) labels and goodness."""
    return np.take_along_axis(labels, goodness.argmax(axis=1)[:, None], axis=1)[:, 0]


def subsets(populations: Sequence[str]) -> dict[str, list[int]]:
    """Return the sets of populations to read together: each alone, all, and all but the first; by name, as indices.

    >>> list(subsets(["V1/E", "V2/E", "V3/E"]))
    ['V1/E', 'V2/E', 'V3/E', 'V2/E + V3/E', 'V1/E + V2/E + V3/E']
    """
    everyone = list(range(len(populations)))
    chosen = [*([k] for k in everyone), everyone[1:], everyone]
    return {" + ".join(populations[k] for k in part): part for part in chosen if part}


def answers_of_subsets(goodness: np.ndarray, populations: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the answers of each of `subsets`, (item,), for (population, item, class) goodness of every label."""
    return {name: goodness[part].sum(axis=0).argmax(axis=1) for name, part in subsets(populations).items()}


def error_percent(prediction: np.ndarray, labels: np.ndarray) -> float:
    """Return the error of (item,) predictions [percent]."""
    return 100.0 * float(np.mean(prediction != labels))
