"""Checks of what examples claim, by the name of the example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Found = Mapping[str, Any]
CLAIMS: dict[str, Callable[[Found], None]] = {}


def claim(check: Callable[[Found], None]) -> Callable[[Found], None]:
    """Enter a check under the name of its example."""
    CLAIMS[check.__name__] = check
    return check
