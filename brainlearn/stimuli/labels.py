"""Labels as what a stimulus population is set to.

Source: Hinton, "The forward-forward algorithm" (arXiv 2212.13345): the label takes the place of the first ten
pixels of an image.
"""

from __future__ import annotations

import numpy as np

from brainlearn.mistakes import Mistake, UserError


def check_labels(labels: np.ndarray, classes: int, where: str) -> None:
    """Raise a UserError that names the first of `labels` outside 0 to ``classes - 1``."""
    outside = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(outside):
        found = f"label {labels[outside[0]]} at item {outside[0]}"
        if len(outside) > 1:
            found += f" and {len(outside) - 1} more"
        raise UserError(Mistake(where, "label out of range", found, f"0 to {classes - 1}"))


def one_hot(labels: np.ndarray, classes: int, strength: float = 1.0) -> np.ndarray:
    """Return one value per class: `strength` for the label, 0 for the others.

    Parameters
    ----------
    labels : (item,) array
        Classes, from 0 to ``classes - 1``.
    classes : int
        Number of classes.
    strength : float
        Value of the label's unit [1]. Hinton's talk uses 5, his program 1.

    Returns
    -------
    (item, class) array
        float32.

    Raises
    ------
    ValueError
        If a label is no class.

    Examples
    --------
    >>> one_hot(np.array([2, 0]), 3, strength=5.0).tolist()
    [[0.0, 0.0, 5.0], [5.0, 0.0, 0.0]]
    """
    labels = np.asarray(labels)
    if len(labels) and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(f"labels must be from 0 to {classes - 1}; found {labels.min()} to {labels.max()}")
    values = np.zeros((len(labels), classes), dtype=np.float32)
    values[np.arange(len(labels)), labels] = strength
    return values


def neutral_label(count: int, classes: int, strength: float = 1.0) -> np.ndarray:
    """Return uninformative labels: (item, class), ``strength / classes`` everywhere, float32."""
    return np.full((count, classes), strength / classes, dtype=np.float32)


def embed_values(images: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return a copy of `images` whose first pixels are replaced by `values`.

    Parameters
    ----------
    images : (item, pixel) array
        Grey levels [1].
    values : (item, class) array
        What replaces the first pixels, such as ``neutral_label(...)`` [1].

    Raises
    ------
    ValueError
        If an image has fewer pixels than there are values.
    """
    if values.shape[1] > images.shape[1]:
        raise ValueError(f"{values.shape[1]} label values do not fit into {images.shape[1]} pixels")
    embedded = images.astype(np.result_type(images, np.float32))
    embedded[:, : values.shape[1]] = values
    return embedded


def embed_label(images: np.ndarray, labels: np.ndarray, classes: int, strength: float = 1.0) -> np.ndarray:
    """Return a copy of `images` (item, pixel) whose first `classes` pixels are the one-hot `labels`."""
    return embed_values(images, one_hot(labels, classes, strength))
