"""How much may be read, compared with the header of a file before any memory is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brainlearn.mistakes import Mistake, UserError

LARGEST = 2**32  # bytes of one array, as it is in memory


def check_size(where: str, shape: Sequence[int], bytes_each: int) -> None:
    """Raise a UserError if an array would not fit."""
    size = math.prod(shape) * bytes_each
    if size > LARGEST:
        found = f"{' x '.join(map(str, shape))} values, {size / 2**30:,.1f} GiB"
        hint = "Keep fewer items, or a smaller type, as uint8."
        raise UserError(Mistake(where, "too large", found, f"at most {LARGEST / 2**30:g} GiB", hint))
