"""Read a summary.json back, without the libraries that made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError

KEYS = (
    "experiment",
    "circuit",
    "dataset",
    "rule",
    "engine",
    "seed",
    "epochs",
    "presentations",
    "test_error_percent",
    "validation_error_percent",
    "train_seconds",
    "epoch_seconds",
    "versions",
)


def read_summary(path: str | Path) -> dict[str, Any]:
    """Read a summary.json.

    Raises
    ------
    UserError
        If it is missing, no JSON, or lacks one of `KEYS`.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(Mistake(str(path), "cannot be read as a summary", str(error))) from error
    missing = [key for key in KEYS if not isinstance(data, dict) or key not in data]
    if missing:
        raise UserError(Mistake(str(path), "no summary of a run", "missing " + ", ".join(missing)))
    return data
