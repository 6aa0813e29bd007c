"""Loops that are written as text and receive the addresses of their arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from brainlearn.brian.loop_text import built_in
from brainlearn.brian.stretch.part import address

_NUMBERS = (np.float32, np.float64, np.int32, np.int64, np.uint8, np.uint16, np.uint32)
TYPES = {np.dtype(each): each.__name__ for each in _NUMBERS} | {np.dtype(bool): "boolean"}
"""What the text of a loop calls the types of arrays."""


class Addresses:
    """The arrays that a loop reads and writes, by the names that its text gives them.

    Attributes
    ----------
    lines : list of str
        Statements that find the arrays in `row`.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._arrays: list[np.ndarray] = []

    def add(self, name: str, array: np.ndarray) -> None:
        """Give a contiguous array a name; the loop sees it flat."""
        place = 2 * len(self._arrays)
        self._arrays.append(array)
        self.lines.append(f"{name} = carray(pointer(row[{place}]), row[{place + 1}], {TYPES[array.dtype]})")

    def row(self) -> list[int]:
        """Return where the arrays are, and how large."""
        return [number for each in self._arrays for number in (address(each), each.size)]


@lru_cache(maxsize=256)
def compiled(text: str) -> Callable[..., Any]:
    """Compile the text of a function `loop`; the same text is compiled once."""
    import numba

    from brainlearn.brian.pointers import pointer

    # unsigned places: a loop over what may be negative, and counts from the end then, is not vectorised
    types = {name: getattr(numba.types, name) for name in TYPES.values()}
    namespace: dict[str, Any] = built_in() | types | {"carray": numba.carray, "pointer": pointer, "u8": np.uint64}  # type: ignore[attr-defined]
    exec(compile(text, "<brainlearn stretch>", "exec"), namespace)  # noqa: S102 - arithmetic from a whitelist
    found: Callable[..., Any] = numba.njit(error_model="numpy", nogil=True)(namespace["loop"])
    return found
