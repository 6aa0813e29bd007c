"""A checksum after the end of a file, so that damage is noticed before anything in it is interpreted.

HDF5 knows where its own content ends and does not mind what follows. It keeps no checksums of its own for most of a
netCDF file, and some damage makes it loop for ever.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from brainlearn.regular_file import read_bytes

MARK = b"\nbrainlearn sha256 "
LENGTH = len(MARK) + 64 + 1


def seal(path: Path) -> None:
    """Append the checksum of a file to it."""
    found = _sha256(read_bytes(path))
    with path.open("ab") as file:
        file.write(MARK + found + b"\n")


def check_seal(path: Path) -> None:
    """Raise a ValueError if a file has a seal that is not that of its content; one without a seal passes."""
    content = read_bytes(path)
    last = content[-LENGTH:]
    if last.startswith(MARK) and _sha256(content[:-LENGTH]) != last[len(MARK) : -1]:
        raise ValueError("its checksum is not that of its content")


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
