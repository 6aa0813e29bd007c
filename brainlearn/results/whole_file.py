"""Write a file whole or not at all: into a neighbour first, then renamed over the old one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Yield the name of a neighbouring file to write; rename it to `path` on success.

    Parameters
    ----------
    path : str or Path
        The file to replace or to make; its folder must exist.

    Yields
    ------
    Path
        A name in the same folder with the same ending. Whatever goes wrong, it is removed and an older
        `path` stays.

    Raises
    ------
    UserError
        If the system refuses: no such folder, no permission, no space.
    """
    path = Path(path)
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:12]}.part{path.suffix}")
    try:
        yield part
        _to_disk(part)
        os.replace(part, path)
        _folder_to_disk(path.parent)
    except OSError as error:
        raise UserError(not_writable(path, error)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` in UTF-8, whole or not at all; errors as in `whole_file`."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed left in `folder`; only while nobody else writes there."""
    with suppress(OSError):
        for part in folder.glob(".*.part*"):
            part.unlink()


def _to_disk(part: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())


def _folder_to_disk(folder: Path) -> None:
    """Let the new name outlive a loss of power, where the system can sync a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def not_writable(path: Path, error: OSError) -> Mistake:
    """Return the mistake for an error of the system."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return Mistake(str(path), "cannot be written", reason.lower())
