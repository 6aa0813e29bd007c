"""Weights from a file: npz arrays beside the circuit file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.schema import Stored
from brainlearn.mistakes import Mistake, UserError, closest


def stored_weights(circuit: Circuit, projection: Projection) -> np.ndarray:
    """Read the weights of a projection.

    Returns
    -------
    (pre, post) array of float64

    Raises
    ------
    UserError
        If they are missing, damaged, of another shape or sign, or not finite.
    """
    weights = projection.weights
    assert isinstance(weights, Stored)
    place = f"{circuit.path}: projections[{projection.index}].weights"
    path, name = Path(circuit.path).parent / weights.file, weights.array or projection.name
    if not path.is_file():
        said = "not a file" if path.exists() or path.is_symlink() else "no such file"
        raise UserError(Mistake(f"{place}.file", said, str(path), "an npz file in the folder of the circuit file"))
    shape = (circuit.population(projection.source).size, circuit.population(projection.target).size)
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.removesuffix(".npy") for entry in archive.namelist()]
            if name not in names:
                known = ", ".join(names)
                raise UserError(Mistake(f"{place}.array", "no such array", name, known, closest(name, names)))
            _check_header(archive, name, shape, place)
        with np.load(path, allow_pickle=False) as arrays:
            found = np.asarray(arrays[name], dtype=float)
    except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UserError(Mistake(f"{place}.file", "cannot be read", reason)) from error
    if not np.isfinite(found).all():
        raise UserError(Mistake(place, f"{name} holds numbers that are not finite"))
    wrong = {"excitatory": found < 0, "inhibitory": found > 0}.get(projection.sign)
    if wrong is not None and wrong.any():
        raise UserError(Mistake(place, f"Dale conflict: the projection is {projection.sign}", f"{found[wrong][0]:g}"))
    return found


def _check_header(archive: zipfile.ZipFile, name: str, shape: tuple[int, int], place: str) -> None:
    """Compare shape and type with what is wanted before anything is expanded: a small file may hold a huge array."""
    entry = f"{name}.npy" if f"{name}.npy" in archive.namelist() else name
    with archive.open(entry) as member:
        read = {1: npy.read_array_header_1_0, 2: npy.read_array_header_2_0}.get(npy.read_magic(member)[0])
        if read is None:
            raise ValueError(f"{entry} is written in a newer format of NumPy")
        found, _, kind = read(member)
    if kind.kind not in "fiub":
        wrong = "Python objects, which are never read" if kind.hasobject else f"values of type {kind}"
        raise UserError(Mistake(place, f"{name} does not hold numbers", wrong, "real numbers"))
    if found != shape:
        raise UserError(Mistake(place, f"{name} has another shape", str(found), f"{shape}, (pre, post)"))


def find_stored_mistakes(circuit: Circuit, unsized: Collection[str] = ()) -> list[Mistake]:
    """Return what is wrong with weights in files, but for those of populations (paths) whose size is unknown."""
    mistakes: list[Mistake] = []
    for projection in circuit.projections:
        if isinstance(projection.weights, Stored) and not {projection.source, projection.target} & set(unsized):
            try:
                stored_weights(circuit, projection)
            except UserError as error:
                mistakes += error.mistakes
    return mistakes
