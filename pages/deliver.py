"""Where a generated page goes: to the standard output, or into a folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def deliver(arguments: Sequence[str], page: str, files: Mapping[str, str]) -> None:
    """Write `files` (text by name) into the folder that the first argument names; without one, print the page."""
    if not arguments:
        sys.stdout.write(page)
    for name, text in files.items() if arguments else ():
        (Path(arguments[0]) / name).write_text(text, encoding="utf-8")
