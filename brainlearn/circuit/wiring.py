"""Who is connected with whom, and with which initial weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.connecting import Drawn, listed
from brainlearn.circuit.drawn_rows import Precision, signed, wire_rows
from brainlearn.circuit.draws import draw
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.rows import Rows, starts_of
from brainlearn.circuit.schema import (
    BY_DISTANCE,
    AllButOwn,
    Local,
    OneToOne,
    Probability,
    Reciprocal,
    Square,
    Stored,
    Tied,
)
from brainlearn.circuit.sheets import chances, fields
from brainlearn.circuit.stored import stored_weights
from brainlearn.synapses import Sign


@dataclass(frozen=True)
class Wiring:
    """The synapses of one projection.

    Parameters
    ----------
    weights : (pre, post) array of float64
        Initial weights [1]; 0 where there is no synapse.
    mask : (pre, post) array of bool, or None
        Where there is a synapse; None if everywhere.
    own : (pre, post) array of float64, or None
        The part of tied weights that does not follow the others [1], with a root mean square of 1.
    """

    weights: np.ndarray
    mask: np.ndarray | None
    own: np.ndarray | None = None


AnyWiring = Wiring | Rows


def wire(circuit: Circuit, seed: int, precision: Precision = "float64") -> dict[str, AnyWiring]:
    """Draw synapses and initial weights of every projection.

    Every projection has its own random numbers, made from `seed` and its name: adding, removing or moving a
    projection leaves all others as they were.

    Parameters
    ----------
    circuit : Circuit
    seed : int
    precision : "float32" or "float64"
        Of weights that are stored by rows.

    Returns
    -------
    dict of str to Wiring or Rows
        By the name of the projection.
    """
    free = [p for p in circuit.projections if not isinstance(p.weights, Tied)]
    drawn = {projection.name: wire_projection(circuit, projection, seed, precision) for projection in free}
    for projection in circuit.projections:
        if isinstance(projection.weights, Tied):
            others = drawn[projection.weights.to]
            assert isinstance(others, Wiring)  # checked when the file was read
            rng = projection_rng(seed, projection.name)
            drawn[projection.name] = tie(others, projection.weights, rng, projection.sign)
    return {projection.name: drawn[projection.name] for projection in circuit.projections}


def tie(wiring: Wiring, tied: Tied, rng: np.random.Generator, sign: Sign = "mixed") -> Wiring:
    """Return the wiring in the other direction, with weights that follow and keep a Dale sign."""
    mask = None if wiring.mask is None else np.ascontiguousarray(wiring.mask.T)
    own = None
    if tied.correlation != 1:
        own = rng.normal(size=wiring.weights.T.shape) * (1 if mask is None else mask)
        own /= np.sqrt(np.mean(own**2))
    return Wiring(np.ascontiguousarray(follow(wiring.weights, tied, own, sign)), mask, own)


def follow(weights: Any, tied: Tied, own: Any, sign: Sign = "mixed") -> Any:
    """Return what tied weights are now: the others, transposed, with as much of their own as the correlation leaves.

    Parameters
    ----------
    weights : (post, pre) array or tensor
        Of the projection that they are tied to.
    tied : Tied
    own : (pre, post) array or tensor, or None
        As in `Wiring`.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign of the tied weights: what would break it is 0.

    Returns
    -------
    (pre, post) array or tensor
    """
    if own is None:
        followed = weights.T * tied.scale
    else:
        spread = (weights**2).mean() ** 0.5
        followed = (weights.T * tied.correlation + own * (spread * (1 - tied.correlation**2) ** 0.5)) * tied.scale
    if sign == "mixed":
        return followed
    return followed.clip(min=0) if sign == "excitatory" else followed.clip(max=0)


def wire_projection(circuit: Circuit, projection: Projection, seed: int, precision: Precision = "float64") -> AnyWiring:
    """Draw synapses and initial weights of one projection; see `wire`."""
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    rng = projection_rng(seed, projection.name)
    if listed(circuit, projection):
        return wire_rows(circuit, projection, seed, precision, _reciprocal(circuit, projection, seed))
    mask = _draw_mask(projection, source, target, rng)
    if isinstance(projection.weights, Stored):
        weights = stored_weights(circuit, projection)
        if not projection.weights.zeros and not weights.all():
            mask = weights != 0 if mask is None else mask & (weights != 0)
    else:
        assert not isinstance(projection.weights, Tied)  # drawn by the projection that they are tied to
        weights = draw(projection.weights, (source.size, target.size), rng)
    if projection.weights.per_input:
        weights /= np.sqrt(inputs_per_unit(mask, weights.shape))  # (pre, post) / (post,)
    weights = signed(weights, projection.sign)
    if mask is not None:
        weights[~mask] = 0.0
    return Wiring(weights, mask)


def _reciprocal(circuit: Circuit, projection: Projection, seed: int) -> Drawn | None:
    """Return starts and posts of the synapses of another projection turned round, if those are asked for."""
    if not isinstance(projection.connectivity, Reciprocal):
        return None
    other = circuit.projection(projection.connectivity.to)
    wiring = wire_projection(circuit, other, seed, "float32")
    if isinstance(wiring, Rows):
        posts, pres = wiring.pres, wiring.posts
    else:
        there = np.ones(wiring.weights.shape, dtype=bool) if wiring.mask is None else wiring.mask
        posts, pres = (each.astype(np.int32) for each in np.nonzero(there))
    order = np.lexsort((posts, pres))
    return starts_of(np.bincount(pres, minlength=circuit.population(projection.source).size)), posts[order]


def inputs_per_unit(mask: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Count the synapses onto every target unit, at least 1.

    Returns
    -------
    (post,) array of int
    """
    if mask is None:
        return np.full(shape[1], shape[0])
    return np.maximum(mask.sum(axis=0), 1)


def _draw_mask(
    projection: Projection, source: Population, target: Population, rng: np.random.Generator
) -> np.ndarray | None:
    mask = None
    if isinstance(projection.connectivity, Probability):
        mask = rng.random((source.size, target.size)) < projection.connectivity.probability
    elif isinstance(projection.connectivity, BY_DISTANCE):
        mask = rng.random((source.size, target.size)) < chances(projection.connectivity, source, target)
    elif isinstance(projection.connectivity, Local | Square):
        mask = fields(projection.connectivity, source, target)
    elif isinstance(projection.connectivity, OneToOne | AllButOwn):
        own = np.eye(source.size, target.size, dtype=bool)
        mask = own if isinstance(projection.connectivity, OneToOne) else ~own
    if source.path == target.path and not projection.self_connections:
        mask = np.ones((source.size, target.size), dtype=bool) if mask is None else mask
        np.fill_diagonal(mask, False)
    return mask
