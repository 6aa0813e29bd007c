"""The split of training items into those for learning and those for validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Split:
    """Training and validation items: (item, pixel) grey levels in [0, 1] and (item,) classes."""

    train_images: np.ndarray
    train_labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray


def split_validation(dataset: Dataset, validation: int, samples: int | None, rng: np.random.Generator) -> Split:
    """Set `validation` training items apart and keep the first `samples` of the rest.

    Where the dataset asks for it the validation items are the last ones, in their order (MNIST: 50,000 and
    10,000 items, as in Hinton 2022); no image is copied then. Otherwise all items are shuffled first.

    Parameters
    ----------
    dataset : Dataset
        The items to split; its test items are not touched.
    validation : int
        Number of validation items.
    samples : int or None
        Number of training items to keep, or None for all.
    rng : numpy.random.Generator
        Shuffles the items; unused where the last items are taken.

    Returns
    -------
    Split
        Training and validation items, which never overlap.

    Raises
    ------
    UserError
        If no training item would be left, or if there are fewer than `samples`.
    """
    items = len(dataset.labels)
    _require(dataset, "validation", validation, 0, items - 1)
    rest = items - validation
    samples = rest if samples is None else samples
    _require(dataset, "samples", samples, 1, rest)
    if dataset.validate_on_last:
        return _take(dataset, slice(0, samples), slice(rest, items))
    order = rng.permutation(items)
    return _take(dataset, order[:samples], order[rest:])


def _take(dataset: Dataset, train: slice | np.ndarray, validation: slice | np.ndarray) -> Split:
    return Split(dataset.images[train], dataset.labels[train], dataset.images[validation], dataset.labels[validation])


def _require(dataset: Dataset, name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        wrong = f"{name} does not fit the {len(dataset.labels)} training items"
        raise UserError(Mistake(f'dataset "{dataset.name}"', wrong, str(value), f"{low} to {high}"))
