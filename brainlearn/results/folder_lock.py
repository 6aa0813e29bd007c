"""One run at a time in a folder: a file that names the process which works there."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.whole_file import not_writable

LOCK = "in-use.json"
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@dataclass(frozen=True)
class Holder:
    """The process that works in a run folder.

    Parameters
    ----------
    process, host : str
    alive : bool or None
        None if it is on another machine, where nobody here can see it.
    """

    process: str
    host: str
    alive: bool | None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[str]:
    """Hold a run folder while the block runs.

    The system holds the lock (``flock``) and lets go of it when the process ends, however it ends; the file's content
    tells people and other machines who holds it.

    Parameters
    ----------
    folder : Path
        It exists.

    Yields
    ------
    str
        A note if the folder was left by a process that is dead; else nothing.

    Raises
    ------
    UserError
        If another process works there, or the folder cannot be written.
    """
    path = folder / LOCK
    try:
        descriptor = _open(path)
    except BlockingIOError as error:
        raise UserError(_in_use(path, "Wait until it has ended, or end it.")) from error
    except OSError as error:
        raise UserError(not_writable(path, error)) from error
    try:
        holder = _holder(path)
        if holder and holder.get("host") != socket.gethostname():
            hint = f"If that process has ended, remove {path} and try again."
            raise UserError(_in_use(path, hint))
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode(), 0)
        left = f"process {holder['process']} left {folder} without an end; this one takes over" if holder else ""
        try:
            yield left
        finally:
            with contextlib.suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def holder_of(folder: Path) -> Holder | None:
    """Return who holds a run folder, or left it without letting go; None if nobody does."""
    found = _holder(folder / LOCK)
    if not found:
        return None
    here = found["host"] == socket.gethostname()
    return Holder(str(found["process"]), str(found["host"]), _alive(found["process"]) if here else None)


def _open(path: Path) -> int:
    """Open and lock the file; again if its last holder removed it meanwhile."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor, path)
            with contextlib.suppress(FileNotFoundError):
                if os.stat(path).st_ino == os.fstat(descriptor).st_ino:
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    """Lock the file; where the file system knows no locks, believe what it says of a process that is alive."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
        holder = _holder(path)
        if holder and holder["host"] == socket.gethostname() and _alive(holder["process"]):
            raise BlockingIOError from error


def _alive(process: object) -> bool:
    try:
        os.kill(int(str(process)), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _holder(path: Path) -> dict[str, object]:
    """Return who wrote the file; nothing if nobody did, or not in full."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict) and {"process", "host"} <= set(found):
            return found
    return {}


def _in_use(path: Path, hint: str) -> Mistake:
    holder = _holder(path)
    found = f"process {holder['process']} on {holder['host']}" if holder else "another process"
    return Mistake(str(path.parent), "another run works in this folder", found, suggestion=hint)
