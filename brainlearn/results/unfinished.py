"""The mark of a run that has not ended: a file in its folder that says what is still to be done."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.json_file import write_json

MARK = "unfinished.json"
SCHEMA = 1


@dataclass(frozen=True)
class Unfinished:
    """What a run folder still waits for.

    Parameters
    ----------
    baseline : str or None
        The baseline that is trained in the folder itself; None: the rule.
    then : tuple of str
        Baselines that follow, each in a folder of its own in ``baselines/``.
    ended : bool
        Whether what is trained in the folder itself has ended: only those that follow are left.
    """

    baseline: str | None
    then: tuple[str, ...] = ()
    ended: bool = False


def mark_unfinished(folder: Path, unfinished: Unfinished) -> None:
    """Write the mark."""
    write_json({"schema": SCHEMA, **asdict(unfinished)}, folder / MARK)


def mark_finished(folder: Path) -> None:
    """Remove the mark: the run has ended."""
    with contextlib.suppress(OSError):
        (folder / MARK).unlink()


def read_mark(folder: Path) -> Unfinished | None:
    """Return what a run folder still waits for; None if it has ended.

    Raises
    ------
    UserError
        If it is no run folder, or the mark is damaged.
    """
    path = folder / MARK
    if not path.exists():
        if (folder / "summary.json").is_file():
            return None
        there = f"no {MARK} in it" if folder.is_dir() else "a file" if folder.exists() else "no such folder"
        hint = "Begin a run with brainlearn run EXPERIMENT."
        raise UserError(Mistake(str(folder), "not the folder of a run", there, "a run folder, as runs/NAME", hint))
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        fits = _fits(found)
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(_damaged(path, str(error).splitlines()[0])) from error
    if not fits:
        raise UserError(_damaged(path, str(found)[:80]))
    return Unfinished(found["baseline"], tuple(found["then"]), found["ended"])


def _fits(found: Any) -> bool:
    """Tell whether JSON says what a mark says, in the schema that is known."""
    return (
        isinstance(found, dict)
        and found.get("schema") == SCHEMA
        and isinstance(found.get("baseline", 0), str | None)
        and isinstance(found.get("then"), list)
        and all(isinstance(name, str) for name in found["then"])
        and isinstance(found.get("ended"), bool)
    )


def _damaged(path: Path, found: str) -> Mistake:
    hint = 'Write {"schema": 1, "baseline": null, "then": [], "ended": false} into it to resume the rule alone.'
    return Mistake(str(path), "does not say what is left to do", found, "as brainlearn run wrote it", hint)
