"""Which units are connected, and with which initial weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.connecting import Drawn, listed
from brainlearn.circuit.drawn_rows import Precision, signed, tied_rows, wire_rows
from brainlearn.circuit.draws import draw
from brainlearn.circuit.kernels import Kernels, turned_round, wire_kernels
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.circuit.rows import Rows, starts_of
from brainlearn.circuit.schema import (
    BY_DISTANCE,
    CONVOLVED,
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


AnyWiring = Wiring | Rows | Kernels


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
    dict of str to Wiring, Rows or Kernels
        By the name of the projection.
    """
    free = [p for p in circuit.projections if not isinstance(p.weights, Tied)]
    drawn = {projection.name: wire_projection(circuit, projection, seed, precision) for projection in free}
    for projection in circuit.projections:
        if isinstance(projection.weights, Tied):
            drawn[projection.name] = _tied(circuit, projection, projection.weights, drawn, seed, precision)
    return {projection.name: drawn[projection.name] for projection in circuit.projections}


def _tied(
    circuit: Circuit,
    projection: Projection,
    tied: Tied,
    drawn: Mapping[str, AnyWiring],
    seed: int,
    precision: Precision,
) -> AnyWiring:
    """Return the wiring of tied weights, of those that they follow."""
    others, rng = drawn[tied.to], projection_rng(seed, projection.name)
    if isinstance(others, Kernels):
        return tie_kernels(others, tied, rng, projection.sign)
    if not listed(circuit, projection):
        assert isinstance(others, Wiring)  # as those are that follow them
        return tie(others, tied, rng, projection.sign)
    connected: Rows | np.ndarray
    if isinstance(others, Rows):
        connected = others
    else:
        connected = np.ones(others.weights.shape, dtype=bool) if others.mask is None else others.mask
    rows = tied_rows(circuit, projection, connected, connected.shape[::-1], seed)
    own = None
    if tied.correlation != 1:
        own = rng.normal(size=len(rows.posts))
        own /= np.sqrt(np.mean(own**2)) if len(own) else 1.0
    rows = replace(rows, own=own)
    return replace(rows, weights=followed(others.weights, tied, rows, projection.sign).astype(precision))


def tie(wiring: Wiring, tied: Tied, rng: np.random.Generator, sign: Sign = "mixed") -> Wiring:
    """Return the wiring in the other direction, with weights that follow and keep a Dale sign."""
    mask = None if wiring.mask is None else np.ascontiguousarray(wiring.mask.T)
    own = None
    if tied.correlation != 1:
        own = rng.normal(size=wiring.weights.T.shape) * (1 if mask is None else mask)
        own /= np.sqrt(np.mean(own**2))
    return Wiring(np.ascontiguousarray(follow(wiring.weights, tied, own, sign)), mask, own)


def tie_kernels(kernels: Kernels, tied: Tied, rng: np.random.Generator, sign: Sign = "mixed") -> Kernels:
    """Return kernels in the other direction, with weights that follow and keep a Dale sign."""
    back, own = turned_round(kernels), None
    if tied.correlation != 1:
        own = rng.normal(size=back.weights.shape)
        own /= np.sqrt(np.mean(own**2))
    return replace(back, weights=np.ascontiguousarray(follow(kernels.weights, tied, own, sign)), own=own)


def followed(weights: Any, tied: Tied, wiring: AnyWiring, sign: Sign = "mixed") -> Any:
    """Return what tied weights are now, as they are stored.

    Parameters
    ----------
    weights : array
        Of the projection that they are tied to, as it stores them.
    tied : Tied
    wiring : Wiring, Rows or Kernels
        Of the tied ones.
    sign : "excitatory", "inhibitory" or "mixed"
    """
    if isinstance(wiring, Rows):
        return follow_listed(weights, tied, wiring.order, wiring.own, sign)
    return follow(weights, tied, wiring.own, sign)


def follow(weights: Any, tied: Tied, own: Any, sign: Sign = "mixed") -> Any:
    """Return the tied weights: the others, transposed, with as much of their own as the correlation leaves.

    Parameters
    ----------
    weights : (post, pre) array or tensor
        Of the projection that they are tied to; kernels have two axes more.
    tied : Tied
    own : (pre, post) array or tensor, or None
        As in `Wiring`.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign of the tied weights: what would break it is 0.

    Returns
    -------
    (pre, post) array or tensor
    """
    return _scaled(weights.swapaxes(0, 1), tied, own, None if own is None else (weights**2).mean() ** 0.5, sign)


def follow_listed(weights: Any, tied: Tied, order: Any, own: Any, sign: Sign = "mixed") -> Any:
    """Do the same for tied weights that are listed.

    Parameters
    ----------
    weights : array or tensor
        Of the projection that they are tied to, as it stores them.
    tied : Tied
    order : (synapse,) array or tensor of int
        As in `Rows`.
    own : (synapse,) array or tensor, or None
    sign : "excitatory", "inhibitory" or "mixed"

    Returns
    -------
    (synapse,) array or tensor
    """
    there = weights.reshape(-1)[order]
    return _scaled(there, tied, own, None if own is None else (there**2).mean() ** 0.5, sign)


def _scaled(there: Any, tied: Tied, own: Any, spread: Any, sign: Sign) -> Any:
    """Return the weights there, or a mixture with one's own, times the scale, without what breaks a Dale sign."""
    if own is None:
        found = there * tied.scale
    else:
        found = (there * tied.correlation + own * (spread * (1 - tied.correlation**2) ** 0.5)) * tied.scale
    if sign == "mixed":
        return found
    return found.clip(min=0) if sign == "excitatory" else found.clip(max=0)


def wire_projection(circuit: Circuit, projection: Projection, seed: int, precision: Precision = "float64") -> AnyWiring:
    """Draw synapses and initial weights of one projection; see `wire`."""
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    rng = projection_rng(seed, projection.name)
    assert not isinstance(projection.weights, Tied)  # drawn by the projection that they are tied to
    if isinstance(projection.connectivity, CONVOLVED):
        return wire_kernels(circuit, projection, seed)
    if listed(circuit, projection):
        return wire_rows(circuit, projection, seed, precision, _reciprocal(circuit, projection, seed))
    mask = _draw_mask(projection, source, target, rng)
    if isinstance(projection.weights, Stored):
        weights = stored_weights(circuit, projection)
        if not projection.weights.zeros and not weights.all():
            mask = weights != 0 if mask is None else mask & (weights != 0)
    else:
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
    wiring = wiring.rows() if isinstance(wiring, Kernels) else wiring
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
