"""Shifted images: the same picture, moved by some pixels.

Source: Hinton 2022, arXiv 2212.13345, section 3.3: images shifted by up to two pixels in each direction, 25 places in
all, teach without knowledge of where pixels lie what a convolution has built in.
"""

from __future__ import annotations

import numpy as np


def shift_images(images: np.ndarray, sheet: tuple[int, int], furthest: int, rng: np.random.Generator) -> np.ndarray:
    """Shift every image by a whole number of pixels of its own, down and to the right; what comes in is 0.

    A curve, which has one row or one column, is shifted along it, and continues as it began and ended. The planes of a
    colour image and the frames of a film move as one.

    Parameters
    ----------
    images : (item, pixel) or (item, frame, pixel) array
        Plane by plane, and in each row by row.
    sheet : (rows, columns)
        Of the image.
    furthest : int
        Both shifts are drawn uniformly from ``-furthest`` to ``furthest`` [pixel].
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    array
        A copy of the same shape.
    """
    rows, columns = sheet
    planes = images.reshape(len(images), -1, rows, columns)
    margin = ((0, 0), (0, 0), (furthest, furthest), (furthest, furthest))
    wide = np.pad(planes, margin, mode="edge" if 1 in sheet else "constant")
    down, right = rng.integers(0, 2 * furthest + 1, (2, len(images), 1, 1, 1))
    item = np.arange(len(images))[:, None, None, None]
    plane = np.arange(planes.shape[1])[:, None, None]
    row = (2 * furthest - down) + np.arange(rows)[:, None]
    column = (2 * furthest - right) + np.arange(columns)
    return wide[item, plane, row, column].reshape(images.shape)
