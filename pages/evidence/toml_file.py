"""Read a TOML file of the project, or say what is wrong with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of `path`; UserError if it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(Mistake(str(path), "cannot be read as TOML", str(error))) from error
