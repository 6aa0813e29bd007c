"""The weights of a projection at the end of a simulation: a matrix, a list of synapses, or kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.brian.simulation import Simulation
from brainlearn.circuit.synapse_values import synapse_values
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.simulation_schema import RECORDED_KERNELS, RECORDED_SYNAPSES, RECORDED_WEIGHTS
from brainlearn.results.tree import group_name


def add_weights(file: GrowingFile, simulation: Simulation, name: str) -> None:
    """Write the weights of projection `name` into a group of their own."""
    projection = simulation.circuit.projection(name)
    weights, path, rows = simulation.weights(name), f"/weights/{group_name(name)}", simulation.projections[name].rows
    about = RECORDED_WEIGHTS if rows is None else RECORDED_SYNAPSES
    about = about if simulation.projections[name].kernels is None else RECORDED_KERNELS
    values = {"weights": np.asarray(weights)}
    if rows is not None:
        values |= {"pre": rows.pres, "post": rows.posts}
        values |= synapse_values(simulation.circuit, projection, rows, simulation.seed)
    sides = zip(about["weights"].dims, weights.shape, strict=True)
    file.add_group(path, {side: (np.arange(size), about[side].attrs) for side, size in sides})
    for each, array in values.items():
        file.add_array(path, each, about[each].dims, array, about[each].attrs)
    attrs = {"source": projection.source, "target": projection.target, "pathway": projection.pathway}
    file.describe({"projection": name, **attrs}, path)


def weights_with_ends(synapses: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what every weight connects, source and target units or channels of kernels, and its flat index.

    Parameters
    ----------
    synapses : SharedSynapses or StockSynapses
    """
    weights, rows, mask = synapses.weights, synapses.rows, synapses.mask
    if rows is not None:
        return rows.pres, rows.posts, np.arange(len(rows.posts))
    if synapses.kernels is not None:
        pre, post, *_ = (each.reshape(-1) for each in np.indices(weights.shape))
        return pre, post, np.arange(weights.size)
    pre, post = np.nonzero(np.ones(weights.shape, dtype=bool) if mask is None else mask)
    return pre, post, pre * weights.shape[1] + post
