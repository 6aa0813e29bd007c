"""Checkpoint files: arrays and a JSON text in one ``.npz``, written whole, checked whole, never a pickle.

NumPy opens them: ``numpy.load(path)`` gives the arrays by name, and ``about`` among them is the JSON text.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.array_archive import read_archive, write_archive
from brainlearn.results.whole_file import remove_parts, whole_file
from brainlearn.saved_state import Arrays

FOLDER = "checkpoints"
SCHEMA = 1
KEPT = 2
NAME = re.compile(r"\d{6}\.npz")


def save_checkpoint(folder: Path, about: Mapping[str, Any], arrays: Arrays) -> Path:
    """Write the next checkpoint of a run, and remove all but the last two.

    Parameters
    ----------
    folder : Path
        The run folder.
    about : mapping
        What JSON can hold; numbers that are not finite become NaN and Infinity there, as Python reads them.
    arrays : dict of str to array

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UserError
        If it cannot be written; the older ones stay.
    """
    place = folder / FOLDER
    older = checkpoint_files(folder)
    path = place / f"{int(older[-1].stem) + 1 if older else 1:06d}.npz"
    with whole_file(path) as part:
        place.mkdir(exist_ok=True)
        write_archive(part, {"schema": SCHEMA, **about}, arrays)
    for old in older[: len(older) + 1 - KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def checkpoint_files(folder: Path) -> list[Path]:
    """Return the checkpoints of a run folder, the newest last."""
    with contextlib.suppress(OSError):
        return sorted(path for path in (folder / FOLDER).iterdir() if NAME.fullmatch(path.name))
    return []


def load_checkpoint(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Read a checkpoint.

    Returns
    -------
    about : dict
    arrays : dict of str to array

    Raises
    ------
    UserError
        If it cannot be read, is damaged, is no checkpoint, or is one of another schema.
    """
    return read_archive(path, "checkpoint", SCHEMA, "Resume it with the version of brainlearn that started the run.")


def load_newest(folder: Path) -> tuple[Path, dict[str, Any], Arrays, list[str]]:
    """Read the newest checkpoint of a run that can be read; set newer ones that cannot aside.

    Returns
    -------
    path : Path
    about : dict
    arrays : dict of str to array
    notes : list of str
        What was wrong with newer ones, which have ``.unreadable`` at the end of their names from now on.

    Raises
    ------
    UserError
        If there is none, or none that can be read; all keep their names then.
    """
    mistakes: list[Mistake] = []
    damaged: list[Path] = []
    for path in reversed(checkpoint_files(folder)):
        try:
            about, arrays = load_checkpoint(path)
        except UserError as error:
            mistakes += error.mistakes
            damaged.append(path)
            continue
        for each in damaged:
            each.replace(each.with_name(f"{each.name}.unreadable"))
        return path, about, arrays, [f"{mistake} The previous checkpoint is used." for mistake in mistakes]
    hint = "Nothing can be resumed; start again with brainlearn run."
    raise UserError(*mistakes, Mistake(str(folder / FOLDER), "contains no readable checkpoint", suggestion=hint))


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a run that has ended, as far as possible."""
    for path in checkpoint_files(folder):
        with contextlib.suppress(OSError):
            path.unlink()
    remove_parts(folder / FOLDER)
    with contextlib.suppress(OSError):
        (folder / FOLDER).rmdir()
