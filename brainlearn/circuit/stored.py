"""Weights from a file: npz arrays beside the circuit file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

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
        raise UserError(Mistake(f"{place}.file", "no such file", str(path)))
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = list(arrays.files)
            found = np.asarray(arrays[name], dtype=float) if name in names else None
    except (OSError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise UserError(Mistake(f"{place}.file", "cannot be read", str(error).splitlines()[0])) from error
    if found is None:
        raise UserError(Mistake(f"{place}.array", "no such array", name, ", ".join(names), closest(name, names)))
    shape = (circuit.population(projection.source).size, circuit.population(projection.target).size)
    if found.shape != shape:
        raise UserError(Mistake(place, f"{name} has another shape", str(found.shape), f"{shape}, (pre, post)"))
    if not np.isfinite(found).all():
        raise UserError(Mistake(place, f"{name} holds numbers that are not finite"))
    wrong = {"excitatory": found < 0, "inhibitory": found > 0}.get(projection.sign)
    if wrong is not None and wrong.any():
        raise UserError(Mistake(place, f"Dale conflict: the projection is {projection.sign}", f"{found[wrong][0]:g}"))
    return found


def find_stored_mistakes(circuit: Circuit) -> list[Mistake]:
    """Return what is wrong with weights in files."""
    mistakes: list[Mistake] = []
    for projection in circuit.projections:
        if isinstance(projection.weights, Stored):
            try:
                stored_weights(circuit, projection)
            except UserError as error:
                mistakes += error.mistakes
    return mistakes
