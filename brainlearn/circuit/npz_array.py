"""Arrays from npz files next to a circuit file: headers are read before anything is expanded, nothing is unpickled."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from brainlearn.mistakes import Mistake, UserError, closest


def read_array(path: Path, name: str, shape: tuple[int, ...], axes: str, place: str) -> np.ndarray:
    """Read an array of numbers.

    Parameters
    ----------
    path : Path
    name : str
        Of the array in the file.
    shape : tuple of int
        That it must have.
    axes : str
        What the axes are, as in ``(pre, post)``.
    place : str
        Of the table that names the file, for the mistakes.

    Returns
    -------
    array of float64

    Raises
    ------
    UserError
        If it is missing, damaged, of another shape, or holds what is no finite number.
    """
    with _opened(path, name, place) as archive:
        _check_header(archive, name, shape, axes, place)
        with np.load(path, allow_pickle=False) as arrays:
            found = np.asarray(arrays[name], dtype=float)
    if not np.isfinite(found).all():
        raise UserError(Mistake(place, f"{name} holds numbers that are not finite"))
    return found


def length_of(path: Path, name: str, axes: str, place: str) -> int:
    """Return the length of an array with one axis, of which nothing but the header is read; errors as in `read_array`.

    Parameters are those of `read_array`.
    """
    with _opened(path, name, place) as archive:
        shape, _ = _header(archive, name)
    if len(shape) != 1:
        raise UserError(Mistake(place, f"{name} has another shape", str(shape), axes))
    return shape[0]


@contextlib.contextmanager
def _opened(path: Path, name: str, place: str) -> Iterator[zipfile.ZipFile]:
    """Open a file that holds an array called `name`; errors while it is open are mistakes of the user."""
    if not path.is_file():
        said = "not a file" if path.exists() or path.is_symlink() else "no such file"
        raise UserError(Mistake(f"{place}.file", said, str(path), "an npz file in the folder of the circuit file"))
    if path.suffix != ".npz":
        hint = "A SONATA file lists synapses: the connectivity must also come from such a file."
        raise UserError(Mistake(f"{place}.file", "not an npz file", path.name, "a file that ends in .npz", hint))
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.removesuffix(".npy") for entry in archive.namelist()]
            if name not in names:
                known = ", ".join(names)
                raise UserError(Mistake(f"{place}.array", "no such array", name, known, closest(name, names)))
            yield archive
    except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UserError(Mistake(f"{place}.file", "cannot be read", reason)) from error


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """Return shape and type of an array."""
    entry = f"{name}.npy" if f"{name}.npy" in archive.namelist() else name
    with archive.open(entry) as member:
        read = {1: npy.read_array_header_1_0, 2: npy.read_array_header_2_0}.get(npy.read_magic(member)[0])
        if read is None:
            raise ValueError(f"{entry} is written in a newer format of NumPy")
        found, _, kind = read(member)
    return found, kind


def _check_header(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], axes: str, place: str) -> None:
    """Compare shape and type with what is wanted before anything is expanded: a small file may hold a huge array."""
    found, kind = _header(archive, name)
    if kind.kind not in "fiub":
        wrong = "Python objects, which are not read for safety" if kind.hasobject else f"values of type {kind}"
        raise UserError(Mistake(place, f"{name} does not hold numbers", wrong, "real numbers"))
    if found != shape:
        raise UserError(Mistake(place, f"{name} has another shape", str(found), f"{shape}, {axes}"))
