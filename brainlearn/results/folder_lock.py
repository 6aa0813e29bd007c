"""One run at a time in a folder: a lock of the system, and a file that names the process that works there."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import read_text
from brainlearn.results.whole_file import not_writable

LOCK = "in-use.json"  # for people, `watch`, and other machines
HELD = "in-use.lock"  # for the system
OF_THE_LOCK = (LOCK, HELD)
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
LOOK_EVERY = 0.2  # seconds


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
    """Lock a run folder while the block runs.

    The system holds the lock and lets go of it when the process ends, however it ends.

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
    with _held(folder):
        holder = _holder(folder)
        if holder and holder.get("host") != socket.gethostname():
            hint = f"If that process has ended, remove {folder / LOCK} and try again."
            raise UserError(_in_use(folder, hint))
        left = f"process {holder['process']} ended without releasing {folder}; this one takes over" if holder else ""
        try:
            _say_who(folder)
        except OSError as error:
            raise UserError(not_writable(folder / LOCK, error)) from error
        try:
            yield left
        finally:
            for name in OF_THE_LOCK:  # while it is held: a process that has opened it finds that it has no name
                with contextlib.suppress(OSError):
                    (folder / name).unlink()


def holder_of(folder: Path) -> Holder | None:
    """Return the process that holds a run folder, or died holding it; None if there is none."""
    found = _holder(folder)
    if not found:
        return None
    here = found["host"] == socket.gethostname()
    return Holder(str(found["process"]), str(found["host"]), _alive(found["process"]) if here else None)


def wait_until_free(folder: Path, seconds: float, told: Callable[[str], None]) -> None:
    """Wait while a living process of this machine holds a folder, and return it; at most `seconds`."""
    until = time.monotonic() + seconds
    said = False
    while (holder := holder_of(folder)) is not None and holder.alive and time.monotonic() < until:
        if not said:
            told(f"waiting for process {holder.process}, which still uses {folder}")
            said = True
        time.sleep(LOOK_EVERY)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Take a lock of the system; without one, trust the folder's record of a living process."""
    lock = FileLock(folder / HELD, fallback_to_soft=False)
    try:
        os.stat(folder)  # the lock would make it
        lock.acquire(blocking=False)
    except Timeout as error:
        raise UserError(_in_use(folder, "Wait until it has ended, or stop it.")) from error
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise UserError(not_writable(folder / LOCK, error)) from error
        holder = _holder(folder)
        if holder and holder["host"] == socket.gethostname() and _alive(holder["process"]):
            raise UserError(_in_use(folder, "Wait until it has ended, or stop it.")) from error
    try:
        yield
    finally:
        lock.release()


def _say_who(folder: Path) -> None:
    part = folder / f".{LOCK}.part"
    part.unlink(missing_ok=True)  # whatever took its name, as a FIFO that nobody reads
    part.write_text(json.dumps({"process": os.getpid(), "host": socket.gethostname()}), encoding="utf-8")
    os.replace(part, folder / LOCK)


def _alive(process: object) -> bool:
    try:
        return bool(psutil.pid_exists(int(str(process))))
    except (ValueError, OverflowError):
        return False


def _holder(folder: Path) -> dict[str, object]:
    """Return the recorded process; nothing if there is no complete record."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found = json.loads(read_text(folder / LOCK))
        if isinstance(found, dict) and {"process", "host"} <= set(found):
            return found
    return {}


def _in_use(folder: Path, hint: str) -> Mistake:
    holder = _holder(folder)
    found = f"process {holder['process']} on {holder['host']}" if holder else "another process"
    return Mistake(str(folder), "another run uses this folder", found, suggestion=hint)
