"""Weights from a file: npz arrays next to the circuit file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.npz_array import read_array
from brainlearn.circuit.schema import Convolution, FromFile, Stored
from brainlearn.circuit.synapse_file import check_file
from brainlearn.mistakes import Mistake, UserError

KERNEL_AXES = ("pre_channel", "post_channel", "kernel_row", "kernel_column")


def stored_weights(circuit: Circuit, projection: Projection) -> np.ndarray:
    """Read the weights of a projection.

    Returns
    -------
    (pre, post) array of float64
        Of a convolution (pre_channel, post_channel, kernel_row, kernel_column).

    Raises
    ------
    UserError
        If they are missing, damaged, of another shape or sign, or not finite.
    """
    weights = projection.weights
    assert isinstance(weights, Stored)
    place = f"{circuit.path}: {projection.place('weights')}"
    path, name = Path(circuit.path).parent / weights.file, weights.array or projection.name
    found = read_array(path, name, *_shape(circuit, projection), place)
    wrong = {"excitatory": found < 0, "inhibitory": found > 0}.get(projection.sign)
    if wrong is not None and wrong.any():
        raise UserError(Mistake(place, f"Dale conflict: the projection is {projection.sign}", f"{found[wrong][0]:g}"))
    return found


def _shape(circuit: Circuit, projection: Projection) -> tuple[tuple[int, ...], str]:
    """Return the shape that weights of a projection have, and what the axes are."""
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    if isinstance(projection.connectivity, Convolution):
        return (source.channels, target.channels, *projection.connectivity.kernel), f"({', '.join(KERNEL_AXES)})"
    return (source.size, target.size), "(pre, post)"


def find_stored_mistakes(circuit: Circuit, unsized: Collection[str] = ()) -> list[Mistake]:
    """Return the mistakes in weights and synapses in files, but for populations (paths) whose size is unknown."""
    mistakes: list[Mistake] = []
    for projection in circuit.projections:
        files = isinstance(projection.weights, Stored) or isinstance(projection.connectivity, FromFile)
        if files and not {projection.source, projection.target} & set(unsized):
            try:
                listed = isinstance(projection.connectivity, FromFile)
                check_file(circuit, projection) if listed else stored_weights(circuit, projection)
            except UserError as error:
                mistakes += error.mistakes
    return mistakes
