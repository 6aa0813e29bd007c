"""Films of moving digits, of which every frame asks for the next: scikit-learn's digits, in eight directions.

Each film shows one digit that moves by a pixel in a frame, straight on, and comes back in on the other side. The first
frame cannot tell where the digit goes; later ones can.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.digits import load_digits

FRAMES = 8  # that are shown; the one after each is its target
DIRECTIONS = tuple(step for step in product((-1, 0, 1), repeat=2) if step != (0, 0))  # rows and columns in a frame


def load_moving_digits(folder: Path | None, seed: int) -> Dataset:
    """Return a film of every digit; `seed` draws the test digits, as it does for "digits", and all directions."""
    digits, rng = load_digits(folder, seed), np.random.default_rng([seed, 13])
    films, test_films = (
        films_of(images, rng.integers(len(DIRECTIONS), size=len(images)))
        for images in (digits.images, digits.test_images)
    )
    return Dataset(
        "moving_digits",
        films[:, :-1],
        films[:, 1:],
        test_films[:, :-1],
        test_films[:, 1:],
        classes=digits.images.shape[1],
        sheet=digits.sheet,
    )


def films_of(images: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return films, (item, frame, pixel), of (item, pixel) images of 8 x 8 pixels that move in (item,) directions."""
    steps = np.array(DIRECTIONS)[directions]  # (item, axis)
    rows, columns = np.indices((8, 8))
    frames = np.arange(FRAMES + 1)[None, :, None, None]
    at = [
        (each - frames * step[:, None, None, None]) % 8 for each, step in zip((rows, columns), steps.T, strict=True)
    ]  # (item, frame, row, column): the pixel that is there
    sheets = images.reshape(len(images), 8, 8)
    items = np.arange(len(images))[:, None, None, None]
    return np.ascontiguousarray(sheets[items, at[0], at[1]].reshape(len(images), FRAMES + 1, -1))
