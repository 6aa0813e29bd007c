"""One safe way to open what a path names: regular files only, so that no FIFO, device or loop of links hangs a reader.

Every reader of a file that somebody else may have put there goes through it: files of users, data, run folders.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

NOT_REGULAR = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# Without O_NONBLOCK the system waits for somebody who writes into a FIFO, before anybody can ask what it is.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotRegular(OSError):
    """A path names something that is no regular file; the text says what it is, as ``"a FIFO, not a file"``."""


def open_regular(path: str | Path) -> IO[bytes]:
    """Open a regular file for reading bytes.

    Raises
    ------
    NotRegular
        If the path names a folder, a FIFO, a socket or a device; nothing of it is read.
    OSError
        If there is no such file, or the system refuses: a loop of links, no permission, a name that is too long.
    """
    if kind := _kind(os.stat(path).st_mode):  # opening a device may already do something
        raise NotRegular(f"{kind}, not a file")
    descriptor = os.open(path, FLAGS)
    try:
        if kind := _kind(os.fstat(descriptor).st_mode):
            raise NotRegular(f"{kind}, not a file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_bytes(path: str | Path) -> bytes:
    """Return the content of a regular file; errors as in `open_regular`."""
    with open_regular(path) as file:
        return file.read()


def read_text(path: str | Path) -> str:
    """Return the content of a regular file in UTF-8; errors as in `open_regular`, and UnicodeDecodeError."""
    return read_bytes(path).decode("utf-8").replace("\r\n", "\n")


def check_regular(path: str | Path) -> None:
    """Raise as `open_regular` does: before a library opens the file by its name."""
    open_regular(path).close()


def is_regular(path: str | Path) -> bool:
    """Return whether a path names a regular file: False for whatever else, and where the system refuses to say."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def is_folder(path: str | Path) -> bool:
    """Return whether a path names a folder: False for whatever else, and where the system refuses to say."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def what_is_there(path: str | Path) -> str:
    """Say what a path names: ``"a file"``, ``"a folder"``, ``"a FIFO"``, ``"a device"``; nothing if nothing is there.

    A path that the system refuses to follow, as a loop of links, gives the reason.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        return reason(error)
    return _kind(mode) or "a file"


def reason(error: Exception) -> str:
    """Return why the system refused, in words without a path: ``"file name too long"``."""
    number = getattr(error, "errno", None)
    return os.strerror(number).lower() if number else str(error)


def _kind(mode: int) -> str:
    return next((name for test, name in NOT_REGULAR if test(mode)), "")
