"""Modules that Brian2 imports and commands do not use: they are skipped."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

FOR_NOTHING = ("pylab", "pytest")
"""Brian2 imports them where they are installed, for names that scripts may use and for its own tests."""


@contextlib.contextmanager
def without_needless_imports() -> Iterator[None]:
    """Hide them within the block, if nobody has imported them yet: half of the time that Brian2 takes."""
    modules: dict[str, Any] = sys.modules  # None says that a module cannot be imported
    hidden = [name for name in FOR_NOTHING if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            if modules.get(name, ...) is None:
                del modules[name]
