"""Named arrays and a JSON text in one ``.npz``, checked whole when it is read, never a pickle.

NumPy opens them: ``numpy.load(path)`` gives the arrays by name, and ``about`` among them is the JSON text.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import read_bytes
from brainlearn.saved_state import Arrays

ABOUT = "about"


def write_archive(path: Path, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Write arrays uncompressed under their names, which may be paths, and the text.

    Parameters
    ----------
    path : Path
    about : mapping
        What JSON can hold, with ``"schema"``.
    arrays : dict of str to array
    """
    text = json.dumps(about, ensure_ascii=False)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, array in {ABOUT: np.array(text), **arrays}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def read_archive(path: Path, kind: str, schema: int, hint: str) -> tuple[dict[str, Any], Arrays]:
    """Read what `write_archive` wrote.

    Parameters
    ----------
    path : Path
    kind : str
        What the file is, for messages, as ``"checkpoint"``.
    schema : int
        The one that is known.
    hint : str
        What to do with a file of another schema.

    Returns
    -------
    about : dict
    arrays : dict of str to array

    Raises
    ------
    UserError
        If it cannot be read, is damaged, is something else, or has another schema.
    """
    try:
        arrays = _read(read_bytes(path))
        about = json.loads(str(arrays.pop(ABOUT)))
    except Exception as error:  # a damaged archive is answered with nearly any exception
        lines = str(error).splitlines() or [type(error).__name__]
        raise UserError(_unreadable(path, kind, lines[0])) from error
    if not isinstance(about, dict) or "schema" not in about:
        raise UserError(_unreadable(path, kind, f"no {kind} of brainlearn"))
    if about["schema"] != schema:
        found = str(about["schema"])[:80]
        raise UserError(Mistake(str(path), f"a {kind} of another schema", found, str(schema), hint))
    return about, arrays


def _read(content: bytes) -> Arrays:
    """Read the archive; nothing is interpreted before the checksums of all members agree."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if any(m.compress_type != zipfile.ZIP_STORED or m.file_size > len(content) for m in members):
            raise ValueError("a member is compressed, or longer than the file")
        if (damaged := archive.testzip()) is not None:
            raise ValueError(f'"{damaged[:80]}" is damaged')
        return {m.filename.removesuffix(".npy"): _array(archive.read(m)) for m in members}


def _array(content: bytes) -> np.ndarray:
    array: np.ndarray = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return array


def _unreadable(path: Path, kind: str, found: str) -> Mistake:
    return Mistake(str(path), f"cannot be read as a {kind}", found, f"a complete {kind} of brainlearn")
