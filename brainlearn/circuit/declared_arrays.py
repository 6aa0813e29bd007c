"""Arrays that a script gives where a circuit file names a file: weights, and values of units."""

from __future__ import annotations

import atexit
import dataclasses
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.circuit.declared import Area, Neuron, Population, Projection
from brainlearn.circuit.plain_values import dimension_of_brian, unit_symbol

PREFIX = "array-"


@cache
def session_folder() -> Path:
    """Return the folder for arrays of this process; it is made when first needed, and removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="brainlearn-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, process: int) -> None:
    """Remove the folder, but not at the end of a process that was forked from its own."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def in_files(parts: Any, folder: Path | None) -> Any:
    """Return parts of a circuit with a table that names a file in place of every array.

    Parameters
    ----------
    parts : sequence or mapping
        Of `Area`, `Projection` and `Neuron`; other things in it stay.
    folder : Path, optional
        For the files, which are named by their content; default: `session_folder`.
    """
    if isinstance(parts, Mapping):
        return {name: in_files(each, folder) for name, each in parts.items()}
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        return [in_files(each, folder) for each in parts]
    if isinstance(parts, Area):
        return dataclasses.replace(parts, populations=in_files(parts.populations, folder))
    if isinstance(parts, Projection) and is_array(parts.weights):
        return dataclasses.replace(parts, weights=_filed(parts.weights, folder))
    if isinstance(parts, Population | Neuron):
        values = {"parameters": _table(parts.parameters, folder), "initial": _table(parts.initial, folder)}
        return dataclasses.replace(parts, **values)
    return parts


def is_array(value: Any) -> bool:
    """Return whether a value is an array, of NumPy or of Brian2, with or without a unit; a single number is none."""
    return hasattr(value, "__array__") and bool(getattr(value, "shape", ()))


def uses_session_folder(tables: Any) -> bool:
    """Return whether tables of a circuit name a file of `session_folder`."""
    if isinstance(tables, Mapping):
        return any((key == "file" and _is_there(each)) or uses_session_folder(each) for key, each in tables.items())
    return isinstance(tables, list) and any(map(uses_session_folder, tables))


def _is_there(name: Any) -> bool:
    there = bool(session_folder.cache_info().currsize)
    return there and isinstance(name, str) and name.startswith(PREFIX) and (session_folder() / name).is_file()


def _table(values: Any, folder: Path | None) -> Any:
    if not isinstance(values, Mapping):
        return values
    return {name: _filed(each, folder) if is_array(each) else each for name, each in values.items()}


def _filed(value: Any, folder: Path | None) -> dict[str, Any]:
    """Write an array, in SI units, into a file, and return the table that names it."""
    file = file_of({"values": np.ascontiguousarray(value, dtype=float)}, folder)
    table = {"distribution": "file", "file": file.name, "array": "values"}
    unit = unit_symbol(dimension_of_brian(value)) if hasattr(value, "dim") else "1"
    return table if unit == "1" else {**table, "unit": unit}


def file_of(arrays: Mapping[str, np.ndarray], folder: Path | None = None) -> Path:
    """Write arrays into a file that is named by their content, in `session_folder` or another, and return it."""
    content = hashlib.sha256()
    for name, array in arrays.items():
        content.update(f"{name} {array.shape} {array.dtype} ".encode() + array.tobytes())
    file = (folder or session_folder()) / f"{PREFIX}{content.hexdigest()[:16]}.npz"
    if not file.exists():
        np.savez(file, **arrays)  # type: ignore[arg-type]
    return file
