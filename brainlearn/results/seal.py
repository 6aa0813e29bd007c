"""A checksum after the end of a file, so that damage is noticed before anything in it is interpreted.

HDF5 knows where its own content ends and does not mind what follows. It keeps no checksums of its own for most of a
netCDF file, and some damage makes it loop for ever.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO

from brainlearn.regular_file import open_regular

MARK = b"\nbrainlearn sha256 "
LENGTH = len(MARK) + 64 + 1
PIECE = 2**24  # bytes that are read at once


def seal(path: Path) -> None:
    """Append the checksum of a file to it."""
    with open_regular(path) as file:
        found = _sha256(file, path.stat().st_size)
    with path.open("ab") as file:
        file.write(MARK + found + b"\n")


def check_seal(path: Path) -> None:
    """Raise a ValueError if a file has a seal that is not that of its content; one without a seal passes."""
    with open_regular(path) as file:
        size = file.seek(0, 2)
        file.seek(max(size - LENGTH, 0))
        last = file.read()
        file.seek(0)
        if last.startswith(MARK) and _sha256(file, size - LENGTH) != last[len(MARK) : -1]:
            raise ValueError("its checksum does not match its content")


def _sha256(file: IO[bytes], length: int) -> bytes:
    found = hashlib.sha256()
    while length > 0 and (piece := file.read(min(PIECE, length))):
        found.update(piece)
        length -= len(piece)
    return found.hexdigest().encode()
