"""Hybrid images: parts of two images, joined along large regions.

Source: Hinton 2022, arXiv 2212.13345, section 3.2: correlations over short distances are those of real images, those
over long distances are not, and what a level learns from telling the two apart is shapes.
"""

from __future__ import annotations

import numpy as np


def hybrid_images(images: np.ndarray, sheet: tuple[int, int], blurs: int, rng: np.random.Generator) -> np.ndarray:
    """Join each image with another one of them: ``mask * image + (1 - mask) * other``, each with its own mask.

    Parameters
    ----------
    images : (item, pixel) array
        Row by row, plane by plane; at least two. The planes of a colour image have one mask.
    sheet : (rows, columns)
        Of an image.
    blurs : int
        How often the random image for a mask is blurred: more blurs give larger regions.
    rng : numpy.random.Generator
        Draws masks and partners.

    Returns
    -------
    (item, pixel) array

    Raises
    ------
    ValueError
        If there is no other image.
    """
    if len(images) < 2:
        raise ValueError(f"a hybrid needs two images; found {len(images)}")
    order = rng.permutation(len(images))
    other = np.empty(len(images), dtype=np.int64)
    other[order] = np.roll(order, 1)  # one cycle through all of them: nobody's partner is itself
    mask = large_regions(len(images), sheet, blurs, rng)[:, None]
    planes = images.reshape(len(images), -1, *sheet)
    return np.where(mask, planes, planes[other]).reshape(images.shape)


def large_regions(count: int, sheet: tuple[int, int], blurs: int, rng: np.random.Generator) -> np.ndarray:
    """Return masks with large regions of either kind, (count, row, column) bool.

    A random image is blurred with [1/4, 1/2, 1/4] in both directions, `blurs` times, and cut at 0.5.
    """
    picture = rng.random((count, *sheet), dtype=np.float32)
    for _ in range(blurs):
        for axis in (1, 2):
            picture = _blur(picture, axis)
    return picture > 0.5


def _blur(picture: np.ndarray, axis: int) -> np.ndarray:
    """Average with both neighbours along an axis; at the border the pixel itself stands for the missing one."""
    last = picture.shape[axis] - 1
    before = np.take(picture, np.maximum(np.arange(last + 1) - 1, 0), axis)
    after = np.take(picture, np.minimum(np.arange(last + 1) + 1, last), axis)
    return 0.25 * before + 0.5 * picture + 0.25 * after
