"""Synapses that are listed, with the weights and delays that they begin with."""

from __future__ import annotations

from typing import Literal

import numpy as np

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.connecting import AT_ONCE, Drawn, connect
from brainlearn.circuit.distributions import QuantityTable, StoredQuantity
from brainlearn.circuit.draws import draw
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.rows import Rows, smallest_type, sort_by_delay, starts_of
from brainlearn.circuit.schema import FromFile, Stored, Tied
from brainlearn.circuit.stored import stored_weights
from brainlearn.circuit.synapse_file import delays_in_file, synapses_in_file, weights_in_file
from brainlearn.synapses import Sign

Precision = Literal["float32", "float64"]


def signed(weights: np.ndarray, sign: Sign) -> np.ndarray:
    """Return weights folded over to the side of 0 that a Dale sign allows."""
    return weights if sign == "mixed" else np.abs(weights) * (1.0 if sign == "excitatory" else -1.0)


def wire_rows(
    circuit: Circuit, projection: Projection, seed: int, precision: Precision, pairs: Drawn | None = None
) -> Rows:
    """Draw the synapses of a projection that is stored by them, some at a time.

    Delays have their own random numbers: synapses and weights are the same with any delays. `pairs` says which units
    are joined, if something else does than the projection itself.
    """
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    rng = projection_rng(seed, projection.name)
    order = None
    if isinstance(projection.connectivity, FromFile):
        starts, posts, delays, order = _from_file(circuit, projection, seed)
    else:
        starts, posts = connect(projection, source, target, rng) if pairs is None else pairs
        delays = None
    if order is None and isinstance(projection.delay, QuantityTable):
        delays = _draw_delays(projection, len(posts), circuit.dt.value, seed)
        sort_by_delay(starts, posts, delays)
    rows = Rows(starts, posts, np.empty(len(posts), dtype=precision), target.size, delays)
    if order is not None and isinstance(projection.weights, Stored):
        rows.weights[:] = weights_in_file(circuit, projection)[order]
        return rows
    if isinstance(projection.weights, Stored):
        rows.weights[:] = stored_weights(circuit, projection)[rows.pres, posts]
        return rows if projection.weights.zeros else rows.where(rows.weights != 0)
    assert not isinstance(projection.weights, Tied)  # checked when the file was read
    inputs = np.bincount(posts, minlength=target.size) if projection.weights.per_input else None
    for part in _parts(len(posts)):
        drawn = draw(projection.weights, (part.stop - part.start,), rng)
        if inputs is not None:
            drawn /= np.sqrt(inputs[posts[part]])
        rows.weights[part] = signed(drawn, projection.sign)
    return rows


def tied_rows(
    circuit: Circuit, projection: Projection, other: Rows | np.ndarray, shape: tuple[int, int], seed: int
) -> Rows:
    """Return the synapses of tied weights, which are those of the other projection in the opposite direction.

    Parameters
    ----------
    circuit : Circuit
    projection : Projection
        With the tied weights, which are left 0 here.
    other : Rows or (pre, post) bool array
        The synapses of the other one, or which pairs it connects.
    shape : (int, int)
        Source units and target units of the projection.
    seed : int
        For delays.
    """
    if isinstance(other, Rows):
        pres, posts, places = other.posts, other.pres, np.arange(len(other.posts))
    else:
        posts, pres = (each.astype(np.int32) for each in np.nonzero(other))
        places = np.flatnonzero(other)
    order = np.lexsort((posts, pres))
    delays = None
    if isinstance(projection.delay, QuantityTable):
        delays = _draw_delays(projection, len(order), circuit.dt.value, seed)
        by_delay = np.lexsort((posts[order], delays, pres[order]))
        order, delays = order[by_delay], delays[by_delay]
    starts = starts_of(np.bincount(pres, minlength=shape[0]))
    return Rows(starts, posts[order], np.zeros(len(order)), shape[1], delays, places[order])


def _from_file(
    circuit: Circuit, projection: Projection, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray]:
    """Return starts, posts and delays as in `Rows`, and where in the file each synapse is."""
    pres, posts = synapses_in_file(circuit, projection)
    if isinstance(projection.delay, StoredQuantity):
        steps = delays_in_file(circuit, projection)
        delays = steps.astype(smallest_type(int(steps.max(initial=0))))
    elif isinstance(projection.delay, QuantityTable):
        delays = _draw_delays(projection, len(posts), circuit.dt.value, seed)
    else:
        delays = np.zeros(len(posts), dtype=np.uint8)
    order = np.lexsort((posts, delays, pres))
    starts = starts_of(np.bincount(pres, minlength=circuit.population(projection.source).size))
    one = not isinstance(projection.delay, QuantityTable)
    return starts, posts[order], None if one else delays[order], order


def _draw_delays(projection: Projection, number: int, dt: float, seed: int) -> np.ndarray:
    """Draw the delays of so many synapses, in whole steps; half a step more is one more, as in `brian2.Synapses`."""
    assert isinstance(projection.delay, QuantityTable)
    rng = projection_rng(seed, f"delays of {projection.name}")
    found = [np.zeros(0, dtype=np.uint8)]
    for part in _parts(number):
        steps = np.floor(draw(projection.delay, part.stop - part.start, rng) / dt + 0.5).astype(np.int64)
        found.append(steps.astype(smallest_type(int(steps.max()))))
    return np.concatenate(found)


def _parts(number: int) -> list[slice]:
    """Return parts of an array that are drawn at once."""
    return [slice(first, min(first + AT_ONCE, number)) for first in range(0, number, AT_ONCE)]
