"""The prefix of every name that brainlearn adds to a circuit's variables; no file may use it."""

from __future__ import annotations

PREFIX = "brainlearn_"


def reserved(name: str) -> str:
    """Return `name` where no name of a circuit file can be."""
    return PREFIX + name


def is_reserved(name: str) -> bool:
    """Tell whether a name has the prefix that belongs to brainlearn."""
    return name.startswith(PREFIX)
