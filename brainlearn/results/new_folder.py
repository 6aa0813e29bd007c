"""A new folder for a run or a sweep: its name, and that nothing is overwritten."""

from __future__ import annotations

import datetime
import itertools
import os
import re
import uuid
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import what_is_there
from brainlearn.results.folder_lock import LOCK, OF_THE_LOCK
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT, LIVE, STATUS
from brainlearn.results.whole_file import not_writable

STARTED = frozenset({*OF_THE_LOCK, STATUS, LIVE, EXPERIMENT, CIRCUIT})  # left by a run that was killed before it began
LONGEST = 100  # bytes of an experiment's name in the name of a folder: file systems take 255, with what is added


def folder_name(words: str) -> str:
    """Return words as the name of a folder, cut where file systems would refuse it.

    >>> folder_name("../a b/c")
    '_a_b_c'
    """
    name = re.sub(r"[^\w.-]+", "_", words).strip(".") or "run"
    return name.encode()[:LONGEST].decode(errors="ignore")


def create_default_folder(experiment: str, now: datetime.datetime, root: str | Path = "runs") -> Path:
    """Make the folder of a run that was given none: ``runs/digits-2026-03-09-140507``, or the first that is free.

    Raises
    ------
    UserError
        If it cannot be written.
    """
    name = f"{folder_name(experiment)}-{now:%Y-%m-%d-%H%M%S}"
    for again in itertools.count(1):
        folder = Path(root) / (name if again == 1 else f"{name}-{again}")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()  # of two runs that begin at once, one
        except FileExistsError:
            if not folder.parent.is_dir():
                raise UserError(_in_the_way(folder, folder.parent)) from None
        except OSError as error:
            raise UserError(not_writable(folder, error)) from error
        else:
            return create_run_folder(folder)
    raise AssertionError("there is always a next number")


def create_run_folder(path: str | Path) -> Path:
    """Make the folder, with those above it.

    Parameters
    ----------
    path : str or Path
        A folder that does not exist yet, or an empty one.

    Returns
    -------
    Path

    Raises
    ------
    UserError
        If a file is in the way, the folder holds something already, or it cannot be written.
    """
    path = Path(path)
    for place in (path, *path.parents):
        if os.path.lexists(place) and what_is_there(place) != "a folder":
            raise UserError(_in_the_way(path, place))
    try:
        path.mkdir(parents=True, exist_ok=True)
        content = sorted(entry.name for entry in path.iterdir())
        if LOCK in content and STARTED.issuperset(content):
            content = []
        if not content:
            _try_writing(path)
    except OSError as error:
        raise UserError(not_writable(path, error)) from error
    if content:
        raise UserError(_in_use(path, content))
    return path


def _in_the_way(path: Path, place: Path) -> Mistake:
    return Mistake(str(path), "cannot become a run folder", f"{place} is {what_is_there(place)}", "a new folder")


def _try_writing(folder: Path) -> None:
    probe = folder / f".{uuid.uuid4().hex}"
    probe.touch()
    probe.unlink()


def _in_use(path: Path, content: list[str]) -> Mistake:
    shown = ", ".join(content[:3]) + (f" and {len(content) - 3} more" if len(content) > 3 else "")
    suggestion = f"Name another folder with --output (as {path}-2), or leave --output out to get a new one."
    return Mistake(str(path), "the run folder is in use", shown, "a new or an empty folder", suggestion)
