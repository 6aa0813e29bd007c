"""Capital letters on a small sheet, and shapes between two letters.

Source: the bitmaps are the five by seven letters of dot-matrix displays. The glyph between H and A that a reader takes
for either, as the word around it asks, is Selfridge's ("Pattern recognition and modern computers", 1955).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

ROWS, COLUMNS = 7, 5
_TEXT = """
A 00100 01010 10001 10001 11111 10001 10001    N 10001 11001 10101 10101 10101 10011 10001
B 11110 10001 10001 11110 10001 10001 11110    O 01110 10001 10001 10001 10001 10001 01110
C 01110 10001 10000 10000 10000 10001 01110    P 11110 10001 10001 11110 10000 10000 10000
D 11110 10001 10001 10001 10001 10001 11110    Q 01110 10001 10001 10001 10101 10010 01101
E 11111 10000 10000 11110 10000 10000 11111    R 11110 10001 10001 11110 10100 10010 10001
F 11111 10000 10000 11110 10000 10000 10000    S 01111 10000 10000 01110 00001 00001 11110
G 01110 10001 10000 10111 10001 10001 01110    T 11111 00100 00100 00100 00100 00100 00100
H 10001 10001 10001 11111 10001 10001 10001    U 10001 10001 10001 10001 10001 10001 01110
I 01110 00100 00100 00100 00100 00100 01110    V 10001 10001 10001 10001 01010 01010 00100
J 00111 00010 00010 00010 00010 10010 01100    W 10001 10001 10001 10101 10101 11011 10001
K 10001 10010 10100 11000 10100 10010 10001    X 10001 01010 01010 00100 01010 01010 10001
L 10000 10000 10000 10000 10000 10000 11111    Y 10001 01010 01010 00100 00100 00100 00100
M 10001 11011 10101 10101 10001 10001 10001    Z 11111 00001 00010 00100 01000 10000 11111
"""


def _read(text: str) -> dict[str, np.ndarray]:
    words = text.split()
    letters = [words[k : k + 1 + ROWS] for k in range(0, len(words), 1 + ROWS)]
    return {name: np.array([[float(pixel) for pixel in row] for row in rows]) for name, *rows in sorted(letters)}


GLYPHS: Mapping[str, np.ndarray] = MappingProxyType(_read(_TEXT))  # (7, 5) arrays of 0 and 1


def between(first: str, second: str, share: float = 0.5) -> np.ndarray:
    """Return a shape between two letters, (7, 5).

    Parameters
    ----------
    first, second : str
        Capital letters.
    share : float
        Of the second letter, from 0 to 1; with 0.5 both are equally there.

    Examples
    --------
    >>> between("H", "A")[0].tolist()
    [0.5, 0.0, 0.5, 0.0, 0.5]
    """
    return (1 - share) * GLYPHS[first] + share * GLYPHS[second]


def draw_glyphs(
    shapes: Sequence[np.ndarray] | np.ndarray,
    rng: np.random.Generator,
    sheet: tuple[int, int] = (9, 7),
    jitter: int = 1,
    noise: float = 0.2,
) -> np.ndarray:
    """Draw every shape at its own random position, with noise in every pixel.

    Parameters
    ----------
    shapes : (item, 7, 5) array
        Such as ``[GLYPHS["H"], between("H", "A")]``.
    rng : numpy.random.Generator
        Draws places and noise.
    sheet : (int, int)
        Rows and columns of the image, at least 7 and 5.
    jitter : int
        Largest shift from the middle, in pixels along each side, as far as the sheet allows.
    noise : float
        Standard deviation of the grey level [1].

    Returns
    -------
    (item, pixel) array
        Grey levels from 0 to 1, float32.

    Raises
    ------
    ValueError
        If the sheet is smaller than a letter.
    """
    shapes = np.asarray(shapes, dtype=float)
    spare = np.array(sheet) - (ROWS, COLUMNS)
    if (spare < 0).any():
        raise ValueError(f"a letter needs {ROWS} rows and {COLUMNS} columns; found a sheet of {sheet[0]} by {sheet[1]}")
    middle = spare // 2
    low, high = np.maximum(middle - jitter, 0), np.minimum(middle + jitter, spare)
    places = rng.integers(low, high + 1, size=(len(shapes), 2))
    images = np.zeros((len(shapes), *sheet))
    for image, shape, (row, column) in zip(images, shapes, places, strict=True):
        image[row : row + ROWS, column : column + COLUMNS] = shape
    images += rng.normal(0, noise, images.shape)
    return np.clip(images, 0, 1).reshape(len(shapes), -1).astype(np.float32)
