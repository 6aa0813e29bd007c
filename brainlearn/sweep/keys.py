"""Keys of an experiment as sweep files write them."""

from __future__ import annotations

import re

from brainlearn.renamed_keys import new_key


def below(at: str, key: str) -> str | None:
    """Return the part of the path `at` below `key`, if any; quotes are ignored."""
    plain_at, plain_key = (re.sub("[\"']", "", text) for text in (at, new_key(key)))
    rest = plain_at.removeprefix(plain_key)
    return rest if plain_at.startswith(plain_key) and rest[:1] in ("", ".", "[") else None


def quoted(key: str) -> str:
    """Return a key as in a file."""
    return f"'{key}'" if '"' in key else f'"{key}"'
