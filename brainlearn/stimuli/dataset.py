"""A labelled set of images, split into what is learned from and what is held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shape:
    """What a circuit must fit.

    Parameters
    ----------
    name : str
        Of the dataset.
    pixels, classes : int
    items : int or None
        Training items; None if that is known only when they have been read.
    """

    name: str
    pixels: int
    classes: int
    items: int | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with labels.

    Parameters
    ----------
    name : str
        Name in the table of datasets.
    images, test_images : (item, pixel) array
        Grey levels in [0, 1], float32; channel by channel, and row by row in each.
    labels, test_labels : (item,) array
        Classes, from 0 to ``classes - 1``, int64.
    classes : int
        Number of classes.
    sheet : (int, int)
        Rows and columns of an image.
    channels : int
        Planes of an image: 1 for grey, 3 for red, green, blue.
    notes : tuple of str
        What a user should be told about this copy of the data, such as a checksum that differs.
    validate_on_last : bool
        Whether the last training items are the validation items, as with the published order of MNIST;
        otherwise they are drawn.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: int
    sheet: tuple[int, int]
    channels: int = 1
    notes: tuple[str, ...] = ()
    validate_on_last: bool = False

    @property
    def shape(self) -> Shape:
        """What a circuit must fit."""
        return Shape(self.name, self.images.shape[1], self.classes, len(self.labels))


def as_grey_levels(pixels: np.ndarray, maximum: float) -> np.ndarray:
    """Return `pixels`, which run from 0 to `maximum`, as float32 in [0, 1]."""
    return np.divide(pixels, np.float32(maximum), dtype=np.float32)
