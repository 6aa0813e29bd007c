"""How far a run has come, in a file of its folder that other programs read while it goes on."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from brainlearn.results.json_file import plain

STATUS = "status.json"
SCHEMA = 1


def write_status(folder: Path, status: dict[str, Any]) -> None:
    """Replace the status of a run, whole or not at all.

    Unlike results it is not forced onto the disk, and where the folder cannot be written the old one stays: a run does
    not end because nobody can watch it.
    """
    part = folder / f".{STATUS}.part"
    with contextlib.suppress(OSError):
        part.write_text(json.dumps({"schema": SCHEMA, **plain(status)}, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(part, folder / STATUS)


def remove_status(folder: Path) -> None:
    """Remove the status of a run that has ended."""
    with contextlib.suppress(OSError):
        (folder / STATUS).unlink()


def read_status(folder: Path) -> dict[str, Any] | None:
    """Return the status of a run; None if it has none, or one that this version does not know."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads((folder / STATUS).read_text(encoding="utf-8"))
        if isinstance(found, dict) and found.get("schema") == SCHEMA:
            return found
    return None
