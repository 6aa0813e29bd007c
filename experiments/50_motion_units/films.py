"""Films of digits, of three frames each, as units for places and for motion tell them."""

from __future__ import annotations

import numpy as np

from brainlearn.stimuli import Dataset, load_dataset

SIDE, FRAMES = 12, 3
DIRECTIONS = np.array([(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)])
CONDITIONS = {
    "still": "nothing moves",
    "places": "the digit moves, and so do the places; no motion units",
    "places and motion": "the digit moves, and so do the places; motion units say where to",
    "motion": "the digit moves; the places stay as at the time of the answer, motion units say where to",
}
"""What units for places and for motion do while a digit moves, or does not."""


def films(condition: str, seed: int, speed: int = 1) -> Dataset:
    """Return the digits as films, (item, frame, unit): 12 × 12 places, then 8 motion units.

    In the second frame, from which the answer is read, the digit is in the middle in every condition.

    Parameters
    ----------
    condition : str
        One of `CONDITIONS`.
    seed : int
        Draws the directions.
    speed : int
        Pixels from one frame to the next.
    """
    digits, rng = load_dataset("digits"), np.random.default_rng([seed, 19])
    parts = [_film(images, condition, rng, speed) for images in (digits.images, digits.test_images)]
    return Dataset.from_arrays(
        values=parts[0], labels=digits.labels, test_values=parts[1], test_labels=digits.test_labels, name="films"
    )


def _film(digits: np.ndarray, condition: str, rng: np.random.Generator, speed: int) -> np.ndarray:
    chosen = rng.integers(len(DIRECTIONS), size=len(digits))
    moving = condition in ("places", "places and motion")
    found = np.zeros((len(digits), FRAMES, SIDE * SIDE + len(DIRECTIONS)), dtype=np.float32)
    for frame in range(FRAMES):
        steps = speed * (frame - 1) * DIRECTIONS[chosen] if moving else np.zeros((len(digits), 2), dtype=int)
        found[:, frame, : SIDE * SIDE] = placed(digits, 2 + steps)
    if condition in ("places and motion", "motion"):
        found[np.arange(len(digits)), :, SIDE * SIDE + chosen] = 1.0
    return found


def placed(digits: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Put every digit, (item, 64), with its upper left corner at a place, (item, 2); return (item, pixel)."""
    sheet = np.zeros((len(digits), SIDE, SIDE), dtype=np.float32)
    for image, digit, (row, column) in zip(sheet, digits.reshape(-1, 8, 8), corners, strict=True):
        image[row : row + 8, column : column + 8] = digit
    return sheet.reshape(len(digits), -1)
