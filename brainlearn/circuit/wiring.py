"""Who is connected with whom, and with which initial weight."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.draws import draw
from brainlearn.circuit.schema import (
    AllButOwn,
    Local,
    OneToOne,
    Probability,
    Square,
    Stored,
    Tied,
)
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


def wire(circuit: Circuit, seed: int) -> dict[str, Wiring]:
    """Draw masks and initial weights of every projection.

    Every projection has its own random numbers, made from `seed` and its name: adding, removing or moving a
    projection leaves all others as they were.

    Parameters
    ----------
    circuit : Circuit
    seed : int

    Returns
    -------
    dict of str to Wiring
        By the name of the projection.
    """
    free = [p for p in circuit.projections if not isinstance(p.weights, Tied)]
    drawn = {projection.name: wire_projection(circuit, projection, seed) for projection in free}
    return {
        p.name: tie(drawn[p.weights.to], p.weights, projection_rng(seed, p.name), p.sign)
        if isinstance(p.weights, Tied)
        else drawn[p.name]
        for p in circuit.projections
    }


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


def wire_projection(circuit: Circuit, projection: Projection, seed: int) -> Wiring:
    """Draw mask and initial weights of one projection; see `wire`."""
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    rng = projection_rng(seed, projection.name)
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
    if projection.sign != "mixed":
        weights = np.abs(weights) * (1.0 if projection.sign == "excitatory" else -1.0)
    if mask is not None:
        weights[~mask] = 0.0
    return Wiring(weights, mask)


def projection_rng(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one projection: the same for the same seed and name, on every machine."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])


def inputs_per_unit(mask: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """Count the synapses onto every target unit, at least 1.

    Returns
    -------
    (post,) array of int
    """
    if mask is None:
        return np.full(shape[1], shape[0])
    return np.maximum(mask.sum(axis=0), 1)


def fields(connectivity: Local | Square, source: Population, target: Population) -> np.ndarray:
    """Return which units of two populations with sheets are connected, (pre, post) bool.

    Who is connected depends on the places alone: all units at a place see all units at the places that it sees.
    """
    assert source.sheet is not None  # checked when the file was read
    assert target.sheet is not None
    if isinstance(connectivity, Local):
        places = receptive_fields(source.sheet, target.sheet, connectivity.radius)
    else:
        places = square_fields(source.sheet, target.sheet, connectivity.side)
    return np.tile(places, (source.per_place, target.per_place))


def receptive_fields(source: tuple[int, int], target: tuple[int, int], radius: float) -> np.ndarray:
    """Connect each target unit with the source units within `radius` of its own place.

    Both sheets cover the same area; distances are in units of the source sheet.

    Parameters
    ----------
    source, target : (int, int)
        Rows and columns of the sheets.
    radius : float
        In source units.

    Returns
    -------
    (pre, post) array of bool
    """
    squared = _squared_distances(source[0], target[0])[:, None, :, None]
    squared = squared + _squared_distances(source[1], target[1])[None, :, None, :]  # (row, column, row, column)
    inside = squared <= radius**2 * (1 + 1e-12)
    return inside.reshape(source[0] * source[1], target[0] * target[1])


def square_fields(source: tuple[int, int], target: tuple[int, int], side: int) -> np.ndarray:
    """Connect each target unit with the square of `side` by `side` source units around its own place.

    A place between source units has its field half a unit towards the first row or column where `side` asks for that.
    Sheets and returned array are as in `receptive_fields`.
    """
    rows, columns = (
        (distances >= -side / 2 - 1e-9) & (distances < side / 2 - 1e-9)
        for distances in (_distances(source[0], target[0]), _distances(source[1], target[1]))
    )
    inside = rows[:, None, :, None] & columns[None, :, None, :]  # (row, column, row, column)
    return inside.reshape(source[0] * source[1], target[0] * target[1])


def _squared_distances(source: int, target: int) -> np.ndarray:
    return _distances(source, target) ** 2


def _distances(source: int, target: int) -> np.ndarray:
    """From the places of target units, along one side of the sheets, (source, target) [source units]."""
    centres = (np.arange(target) + 0.5) * (source / target) - 0.5
    return np.arange(source)[:, None] - centres


def _draw_mask(
    projection: Projection, source: Population, target: Population, rng: np.random.Generator
) -> np.ndarray | None:
    mask = None
    if isinstance(projection.connectivity, Probability):
        mask = rng.random((source.size, target.size)) < projection.connectivity.probability
    elif isinstance(projection.connectivity, Local | Square):
        mask = fields(projection.connectivity, source, target)
    elif isinstance(projection.connectivity, OneToOne | AllButOwn):
        own = np.eye(source.size, target.size, dtype=bool)
        mask = own if isinstance(projection.connectivity, OneToOne) else ~own
    if source.path == target.path and not projection.self_connections:
        mask = np.ones((source.size, target.size), dtype=bool) if mask is None else mask
        np.fill_diagonal(mask, False)
    return mask
