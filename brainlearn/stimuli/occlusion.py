"""Images of which a part is hidden."""

from __future__ import annotations

import numpy as np


def occlude(images: np.ndarray, sheet: tuple[int, int], width: int, rng: np.random.Generator) -> np.ndarray:
    """Blank a strip of neighbouring rows, or of neighbouring columns, of every image.

    Parameters
    ----------
    images : (item, pixel) array
        Row by row, plane by plane. What is hidden is hidden in all planes of a colour image.
    sheet : (int, int)
        Rows and columns.
    width : int
        How many rows or columns are set to 0.
    rng : numpy.random.Generator
        Draws, for each image, whether rows or columns, and which.

    Returns
    -------
    (item, pixel) array
        A copy.

    Raises
    ------
    ValueError
        If the strip is wider than a side of the image.

    Examples
    --------
    >>> occlude(np.ones((1, 9)), (3, 3), 2, np.random.default_rng(0)).sum()
    np.float64(3.0)
    """
    if not 0 <= width <= min(sheet):
        raise ValueError(f"a strip of {width} does not fit a sheet of {sheet[0]} by {sheet[1]}")
    hidden = images.reshape(len(images), -1, *sheet).copy()
    upright = rng.random(len(images)) < 0.5
    for image, columns in zip(hidden, upright, strict=True):
        side = image.transpose(2, 1, 0) if columns else image.transpose(1, 0, 2)
        first = rng.integers(0, len(side) - width + 1)
        side[first : first + width] = 0
    return hidden.reshape(images.shape)
