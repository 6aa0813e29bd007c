"""IDX, the file format of MNIST: a magic number, the sizes, then one byte for each element.

Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998), section "File formats".
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from brainlearn.mistakes import UserError
from brainlearn.stimuli.data_file import FETCH_AGAIN, bad_file

_UNSIGNED_BYTE = 0x08
_CONTENT = {0x0801: "a label file", 0x0803: "an image file"}


def parse_idx(content: bytes | bytearray, path: Path, dimensions: int) -> np.ndarray:
    """Return the array of unsigned bytes that an IDX file holds.

    Parameters
    ----------
    content : bytes
        The whole file, uncompressed.
    path : Path
        Its name, for the error text.
    dimensions : int
        How many axes it must have: 1 for labels, 3 for images.

    Raises
    ------
    UserError
        If the magic number is another one, or if the file is shorter or longer than its sizes say.
    """
    _check_magic(content, path, dimensions)
    header = 4 * (1 + dimensions)
    if len(content) < header:
        raise _wrong_length(path, "truncated in its header", len(content), f"at least {header} bytes")
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, header, 4))
    expected = header + math.prod(shape)
    if len(content) != expected:
        wrong = "truncated" if len(content) < expected else "longer than its header says"
        sizes = " x ".join(str(size) for size in shape)
        raise _wrong_length(path, wrong, len(content), f"{expected} bytes for {sizes}")
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def _check_magic(content: bytes | bytearray, path: Path, dimensions: int) -> None:
    wanted = _UNSIGNED_BYTE << 8 | dimensions
    magic = int.from_bytes(content[:4], "big")
    if len(content) < 4 or magic != wanted:
        found = f"0x{bytes(content[:4]).hex()}"
        suggestion = f"This is {_CONTENT[magic]}." if magic in _CONTENT else FETCH_AGAIN
        raise bad_file(path, "wrong magic number", found, f"0x{wanted:08x}", suggestion)


def _wrong_length(path: Path, wrong: str, length: int, allowed: str) -> UserError:
    return bad_file(path, wrong, f"{length} bytes", allowed, FETCH_AGAIN)
