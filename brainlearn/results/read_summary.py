"""Read the summary of a run back, without the libraries that made it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import read_text, reason

NUMBER = (int, float)
KEYS: Mapping[str, tuple[type, ...]] = {
    "experiment": (str,),
    "circuit": (str,),
    "dataset": (str,),
    "rule": (str,),
    "engine": (str,),
    "seed": (int,),
    "epochs": (int,),
    "presentations": (int,),
    "test_error_percent": (*NUMBER, NoneType),
    "validation_error_percent": (*NUMBER, NoneType),
    "train_seconds": NUMBER,
    "epoch_seconds": (list,),
    "versions": (dict,),
}


def read_summary(path: str | Path) -> dict[str, Any]:
    """Read the summary of a run.

    Raises
    ------
    UserError
        If it is missing, no JSON, or one of `KEYS` is missing or of another type.
    """
    try:
        data = json.loads(read_text(path))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(Mistake(str(path), "cannot be read as a summary", reason(error))) from error
    if not isinstance(data, dict):
        raise UserError(Mistake(str(path), "no summary of a run", type(data).__name__, "a table of keys and values"))
    mistakes = [
        Mistake(
            f"{path}: {key}",
            "no summary of a run",
            repr(data[key]) if key in data else "nothing",
            _names(kinds),
        )
        for key, kinds in KEYS.items()
        if key not in data or not isinstance(data[key], kinds)
    ]
    if mistakes:
        raise UserError(*mistakes)
    return data


def outcome(summary: Mapping[str, Any]) -> str:
    """Describe the result, as ``"test error 3.33 %"``; empty if no error was measured."""
    for name, words in (("test_error_percent", "test error"), ("validation_error_percent", "validation error")):
        if summary.get(name) is not None:
            return f"{words} {summary[name]:.2f} %"
    return ""


def _names(kinds: tuple[type, ...]) -> str:
    return ", ".join("null" if kind is NoneType else kind.__name__ for kind in kinds)
