"""What an older record of the same experiment holds that new runs lack: other seeds, and baselines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xarray import DataTree

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.comparison import LATER
from brainlearn.results.settings import setup_sha256


def with_older_seeds(found: Sequence[Mapping[str, Any]], result: Path, setup: str) -> list[Mapping[str, Any]]:
    """Return the errors of every seed, those of the older record after the new ones.

    Raises
    ------
    UserError
        If there is no older record, or the runs of it had other settings.
    """
    path = result / "summary.json"
    if not path.is_file():
        raise UserError(Mistake(str(path), "there is no older record to keep", "no such file"))
    older = json.loads(path.read_text(encoding="utf-8"))["setup_sha256"]
    if older != setup:
        raise UserError(_other_settings(path, older, setup))
    return _joined(found, result / "seeds.json", ("seed",))


def with_older_runs(found: Sequence[Mapping[str, Any]], result: Path, tree: DataTree) -> list[Mapping[str, Any]]:
    """Return what is set side by side of every run and baseline, the new ones instead of older ones.

    Nothing, if the older record has no baselines.

    Raises
    ------
    UserError
        If an older run had other settings than `tree`.
    """
    path = result / "comparison.json"
    if not path.is_file():
        return []
    settings = json.loads(tree.attrs["settings"])
    runs = _joined(found, path, ("rule", "seed"))
    for run in runs:
        setup = setup_sha256(settings, tree.attrs["circuit_text"], run["rule"], run["engine"])
        if run["setup_sha256"] != setup:
            raise UserError(_other_settings(path, run["setup_sha256"], setup))
    return runs


def _joined(found: Sequence[Mapping[str, Any]], path: Path, keys: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Put new entries instead of older ones that are alike in `keys`; the others keep their places."""
    new = {tuple(entry[key] for key in keys): entry for entry in found}
    older = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    later = dict.fromkeys(key for key in LATER if any(key in entry for entry in found))
    replaced = [new.pop(tuple(entry[key] for key in keys), later | entry) for entry in older]
    return [*replaced, *new.values()]


def _other_settings(path: Path, older: str, setup: str) -> Mistake:
    wrong = "the older record was made with other settings"
    return Mistake(str(path), wrong, older[:12], f"{setup[:12]} as the run", "Leave --keep out.")
