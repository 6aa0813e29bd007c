"""Arrays from an npz file: none of it is unpickled, and headers are compared with the file before arrays are made."""

from __future__ import annotations

import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import open_regular
from brainlearn.stimuli.data_file import bad_file, gather
from brainlearn.stimuli.own.parts import KEYS
from brainlearn.stimuli.own.sizes import check_size

_READERS = {1: npy.read_array_header_1_0, 2: npy.read_array_header_2_0}
_DAMAGED = (OSError, ValueError, TypeError, SyntaxError, RuntimeError, NotImplementedError, EOFError)
_ARCHIVE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error)
SAVE_AGAIN = "Save it again: numpy.savez(path, images=images, labels=labels)."


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file that a dataset is made of; others are left alone.

    Raises
    ------
    UserError
        If it is not a readable npz file; if an array holds Python objects, is truncated or too large.
    """
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
            names = [name for name in entries if name in KEYS]
            if not names:
                allowed = "images or values, labels, and the other names in docs/stimuli.md"
                raise bad_file(path, "no array has a known name", ", ".join(entries) or "none", allowed)
            found = gather(*(partial(_read, archive, entries[name], f"{path}: {name}") for name in names))
            return dict(zip(names, found, strict=True))
    except (*_DAMAGED, *_ARCHIVE) as error:
        raise bad_file(path, "not a readable npz file", _reason(error), "a complete npz file", SAVE_AGAIN) from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> np.ndarray:
    try:
        with archive.open(entry) as member:
            _check_header(member, entry, where)
        with archive.open(entry) as member:
            return np.asarray(npy.read_array(member, allow_pickle=False))
    except (*_DAMAGED, *_ARCHIVE) as error:
        raise UserError(Mistake(where, "cannot be read", _reason(error), "a whole array", SAVE_AGAIN)) from error


def _check_header(member: IO[bytes], entry: zipfile.ZipInfo, where: str) -> None:
    """Compare type and size with what the archive holds before anything is expanded."""
    version, _ = npy.read_magic(member)
    if version not in _READERS:
        raise ValueError("it is written in a newer format of NumPy")
    shape, _, kind = _READERS[version](member)
    if kind.hasobject:
        hint = "Save numbers, or text as numpy.array(labels, dtype=str)."
        raise UserError(Mistake(where, "Python objects are never read", f"type {kind}", "numbers or text", hint))
    check_size(where, shape, max(kind.itemsize, 1))
    promised, there = int(np.prod(shape, dtype=np.int64)) * kind.itemsize, entry.file_size - member.tell()
    if promised != there:
        found = f"{there} bytes for an array of {promised}"
        raise UserError(Mistake(where, "not of the size that its header says", found, "a whole array", SAVE_AGAIN))


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
