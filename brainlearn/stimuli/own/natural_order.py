"""The order in which people read names: numbers in them count as numbers."""

from __future__ import annotations

import re


def natural_key(name: str) -> tuple[list[str | int], str]:
    """Return a key to sort names by.

    >>> sorted(["10", "9", "b2", "b10", "01", "1"], key=natural_key)
    ['01', '1', '9', '10', 'b2', 'b10']
    """
    return [int(part) if k % 2 else part for k, part in enumerate(re.split(r"([0-9]+)", name))], name
