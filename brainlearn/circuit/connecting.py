"""Which units are connected, drawn row by row: pairs without a synapse take no memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.distributions import QuantityTable
from brainlearn.circuit.rows import rows_of_blocks, rows_of_columns, starts_of
from brainlearn.circuit.schema import (
    BY_DISTANCE,
    AllButOwn,
    FixedInDegree,
    FixedOutDegree,
    FixedTotalNumber,
    FromFile,
    Local,
    OneToOne,
    Probability,
    ProjectionTable,
    Reciprocal,
    Square,
    Stored,
    Tied,
)
from brainlearn.circuit.sheets import chances, fields

AT_ONCE = 4_000_000  # numbers, or pairs, that are held in memory beside the synapses
MOST_PAIRS = 4_000_000
"""Of a projection with probability that is drawn pair by pair."""
MOST_PAIRS_OF_SHEETS = 100_000_000
"""Of a projection in which few pairs are connected, and nothing is drawn to tell which."""
SPARSE_BELOW = 0.25  # share of connected pairs below which synapses are listed

Drawn = tuple[np.ndarray, np.ndarray]  # starts and posts, as in `Rows`


def by_rows(projection: Projection | ProjectionTable, pairs: int) -> bool:
    """Return whether a projection is stored by its synapses: few of many pairs, or what only a list can say.

    Tied weights are so if those of the other projection are, too; see `listed`.

    Parameters
    ----------
    projection : Projection or table of a circuit file
        What is None is unknown.
    pairs : int
        Source units times target units.
    """
    connectivity = projection.connectivity
    if isinstance(connectivity, FromFile | Reciprocal):
        return True
    plasticity = projection.short_term_plasticity
    if isinstance(projection.delay, QuantityTable) or (plasticity is not None and plasticity.of_synapses):
        return True
    if isinstance(projection.weights, Stored | Tied):
        return False
    if isinstance(connectivity, FixedInDegree | FixedOutDegree | FixedTotalNumber):
        return True
    if isinstance(connectivity, Probability):
        return pairs > MOST_PAIRS and connectivity.probability < SPARSE_BELOW
    if isinstance(connectivity, BY_DISTANCE):
        return pairs > MOST_PAIRS
    return isinstance(connectivity, OneToOne | Local | Square) and pairs > MOST_PAIRS_OF_SHEETS


def listed(circuit: Circuit, projection: Projection) -> bool:
    """Return whether a projection of a circuit is stored by its synapses."""
    pairs = circuit.population(projection.source).size * circuit.population(projection.target).size
    if by_rows(projection, pairs) or not isinstance(projection.weights, Tied):
        return by_rows(projection, pairs)
    return listed(circuit, circuit.projection(projection.weights.to))


def connect(projection: Projection, source: Population, target: Population, rng: np.random.Generator) -> Drawn:
    """Draw which synapses a projection has.

    Returns
    -------
    starts : (pre + 1,) array of int64
    posts : (synapse,) array of int32
        Ascending within each row; see `Rows`.
    """
    connectivity = projection.connectivity
    shape = source.size, target.size
    own = source.path != target.path or projection.self_connections  # whether a unit may reach its own number
    if isinstance(connectivity, Probability):
        return _with_probability(connectivity.probability, shape, own, rng)
    if isinstance(connectivity, FixedInDegree):
        degree, multapses = connectivity.in_degree, connectivity.multapses
        return rows_of_columns(_partners((shape[1], shape[0]), degree, multapses, own, rng), shape[0])
    if isinstance(connectivity, FixedOutDegree):
        posts = _partners(shape, connectivity.out_degree, connectivity.multapses, own, rng)
        return starts_of(np.full(shape[0], posts.shape[1])), np.sort(posts, axis=1).reshape(-1)
    if isinstance(connectivity, FixedTotalNumber):
        return _total(connectivity, shape, own, rng)
    return rows_of_blocks(_blocks(projection, source, target, own, rng))


def _with_probability(probability: float, shape: tuple[int, int], own: bool, rng: np.random.Generator) -> Drawn:
    """Connect every pair with the same probability: the gaps between synapses are geometric."""
    sources, targets = shape
    found, last = [], -1
    while last < sources * targets:
        expected = (sources * targets - last) * probability
        gaps = rng.geometric(probability, int(min(expected + 3 * expected**0.5 + 10, AT_ONCE)))
        pairs = last + np.cumsum(gaps)
        last = int(pairs[-1])
        pairs = pairs[pairs < sources * targets]
        pres, posts = np.divmod(pairs, targets)
        if not own:
            pres, posts = pres[pres != posts], posts[pres != posts]
        found.append((np.bincount(pres, minlength=sources), posts.astype(np.int32)))
    return starts_of(np.sum([lengths for lengths, _ in found], axis=0)), np.concatenate([posts for _, posts in found])


def _partners(shape: tuple[int, int], degree: int, multapses: bool, own: bool, rng: np.random.Generator) -> np.ndarray:
    """Draw so many partners for every unit on one side of a projection.

    Parameters
    ----------
    shape : (int, int)
        Units, and how many there are to choose from.
    degree : int
    multapses : bool
        Whether a partner may be drawn twice.
    own : bool
        Whether a unit may draw its own number.

    Returns
    -------
    (unit, degree) array of int32
    """
    units, others = shape
    chosen = np.empty((units, degree), dtype=np.int32)
    step = max(AT_ONCE // degree, 1)
    for first in range(0, units, step):
        part = chosen[first : first + step]
        if multapses:
            part[:] = rng.integers(0, others - (not own), part.shape, dtype=np.int32)
        else:
            part[:] = distinct(len(part), degree, others - (not own), rng)
        if not own:
            part += part >= np.arange(first, first + len(part))[:, None]
    return chosen


def distinct(rows: int, number: int, others: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `number` different ones of `others`, for each of some rows.

    Duplicates are drawn again: every set is as likely as any other.

    Returns
    -------
    (row, number) array of int64
        Ascending.
    """
    if number > others // 2:
        left_out = distinct(rows, others - number, others, rng)
        kept = np.ones((rows, others), dtype=bool)
        np.put_along_axis(kept, left_out, False, axis=1)
        return np.nonzero(kept)[1].reshape(rows, number)
    drawn = rng.integers(0, others, (rows, number))
    drawn.sort(axis=1)
    unfinished = np.arange(rows)
    while len(unfinished):
        part = drawn[unfinished]
        again = np.zeros(part.shape, dtype=bool)
        again[:, 1:] = part[:, 1:] == part[:, :-1]
        twice = again.any(axis=1)
        unfinished, part, again = unfinished[twice], part[twice], again[twice]
        part[again] = rng.integers(0, others, np.count_nonzero(again))
        part.sort(axis=1)
        drawn[unfinished] = part
    return drawn


def _total(connectivity: FixedTotalNumber, shape: tuple[int, int], own: bool, rng: np.random.Generator) -> Drawn:
    """Draw a fixed number of synapses, each with any pair of units."""
    sources, targets = shape
    others = targets - (not own)
    if connectivity.multapses:
        lengths = rng.multinomial(connectivity.number, np.full(sources, 1 / sources))
        starts = starts_of(lengths)
        posts = np.empty(connectivity.number, dtype=np.int32)
        for first, last in _parts(starts):
            here = np.repeat(np.arange(first, last), lengths[first:last])
            keys = here * others + rng.integers(0, others, len(here))
            keys.sort()
            drawn = keys - here * others
            posts[starts[first] : starts[last]] = drawn if own else drawn + (drawn >= here)
        return starts, posts
    pres, posts = np.divmod(distinct(1, connectivity.number, sources * others, rng)[0], others)
    if not own:
        posts += posts >= pres
    return starts_of(np.bincount(pres, minlength=sources)), posts.astype(np.int32)


def _parts(starts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows with about `AT_ONCE` synapses each."""
    cuts = np.searchsorted(starts, np.arange(AT_ONCE, starts[-1], AT_ONCE))
    edges = np.unique([0, *cuts, len(starts) - 1])
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _blocks(
    projection: Projection, source: Population, target: Population, own: bool, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield which pairs a projection connects, for some source units at a time: (pre, post) bool."""
    step = max(AT_ONCE // target.size, 1)
    numbers = np.arange(target.size)
    for first in range(0, source.size, step):
        units = np.arange(first, min(first + step, source.size))
        same = units[:, None] == numbers
        if isinstance(projection.connectivity, Local | Square):
            block = fields(projection.connectivity, source, target, units)
        elif isinstance(projection.connectivity, BY_DISTANCE):
            block = rng.random(same.shape) < chances(projection.connectivity, source, target, units)
        elif isinstance(projection.connectivity, OneToOne):
            block = same
        else:
            block = ~same if isinstance(projection.connectivity, AllButOwn) else np.ones_like(same)
        yield block if own else block & ~same
