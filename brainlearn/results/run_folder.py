"""The folder of a run: its name, and a check that nothing is overwritten."""

from __future__ import annotations

import datetime
import re
import uuid
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.folder_lock import LOCK
from brainlearn.results.status_file import STATUS
from brainlearn.results.whole_file import not_writable, write_text

STARTED = frozenset({LOCK, STATUS, "experiment.toml", "circuit.toml"})  # left by a run that was killed before it began

__all__ = ["create_run_folder", "default_folder", "write_text"]


def default_folder(experiment: str, now: datetime.datetime, root: str | Path = "runs") -> Path:
    """Return a folder for a run that was given none.

    >>> default_folder("digits", datetime.datetime(2026, 3, 9, 14, 5, 7)).as_posix()
    'runs/digits-2026-03-09-140507'
    """
    name = re.sub(r"[^\w.-]+", "_", experiment).strip(".") or "run"
    folder = Path(root) / f"{name}-{now:%Y-%m-%d-%H%M%S}"
    again = 2
    while folder.exists():
        folder = folder.with_name(f"{name}-{now:%Y-%m-%d-%H%M%S}-{again}")
        again += 1
    return folder


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
        if place.exists() and not place.is_dir():
            mistake = Mistake(str(path), "cannot become a run folder", f"{place} is a file", "a new folder")
            raise UserError(mistake)
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


def _try_writing(folder: Path) -> None:
    probe = folder / f".{uuid.uuid4().hex}"
    probe.touch()
    probe.unlink()


def _in_use(path: Path, content: list[str]) -> Mistake:
    shown = ", ".join(content[:3]) + (f" and {len(content) - 3} more" if len(content) > 3 else "")
    suggestion = f"Name another folder with --output (as {path}-2), or leave --output out to get a new one."
    return Mistake(str(path), "the run folder is in use", shown, "a new or an empty folder", suggestion)
