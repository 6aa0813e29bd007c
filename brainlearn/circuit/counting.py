"""How many synapses a projection has, without drawing them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.connecting import AT_ONCE
from brainlearn.circuit.schema import (
    BY_DISTANCE,
    CONVOLVED,
    AllButOwn,
    AveragePooling,
    Convolution,
    ExponentialDecay,
    FixedInDegree,
    FixedOutDegree,
    FixedTotalNumber,
    FromFile,
    Gaussian,
    Local,
    OneToOne,
    Probability,
    Reciprocal,
    Square,
    Tied,
)
from brainlearn.circuit.sheets import chances, fields
from brainlearn.circuit.synapse_file import number_in_file
from brainlearn.circuit.windows import windows_of


@dataclass(frozen=True)
class SynapseCount:
    """A number of synapses; the expected one if they are drawn at random."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"≈ {self.number:,}"


def sheet_words(population: Population) -> str:
    """Return the sides of a sheet, as ``8 × 8``, or ``16 × 16 × 3`` with three channels; nothing without a sheet."""
    if population.sheet is None:
        return ""
    sides = [*population.sheet, *([population.channels] if population.channels > 1 else [])]
    return " × ".join(map(str, sides))


def count_synapses(circuit: Circuit, projection: Projection) -> SynapseCount:
    """Count the synapses of one projection.

    Parameters
    ----------
    circuit : Circuit
    projection : Projection
        One of the circuit's.

    Returns
    -------
    SynapseCount
    """
    projection = _drawn(circuit, projection)
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    itself = source.path == target.path and not projection.self_connections
    pairs = source.size * target.size - (source.size if itself else 0)
    own = 0 if itself else min(source.size, target.size)
    match projection.connectivity:
        case Probability(probability=probability):
            return SynapseCount(round(pairs * probability), probability == 1)
        case FixedInDegree(in_degree=degree):
            return SynapseCount(target.size * degree, exact=True)
        case FixedOutDegree(out_degree=degree):
            return SynapseCount(source.size * degree, exact=True)
        case FixedTotalNumber(number=number):
            return SynapseCount(number, exact=True)
        case Local() | Square() | Convolution() | AveragePooling() as connectivity if source.sheet and target.sheet:
            inside = _inside(connectivity, source, target)
            return SynapseCount(inside - (source.size if itself else 0), exact=True)
        case FromFile():
            return SynapseCount(number_in_file(circuit, projection), exact=True)
        case Gaussian() | ExponentialDecay() as connectivity if source.sheet and target.sheet:
            return SynapseCount(_expected(connectivity, source, target, itself), exact=False)
        case OneToOne():
            return SynapseCount(own, exact=True)
        case AllButOwn():
            return SynapseCount(pairs - own, exact=True)
    return SynapseCount(pairs, exact=True)


def _drawn(circuit: Circuit, projection: Projection) -> Projection:
    """Return the projection whose pairs a projection connects: itself, or the one that it is tied or reciprocal to."""
    if isinstance(projection.weights, Tied):
        return circuit.projection(projection.weights.to)
    connectivity = projection.connectivity
    return circuit.projection(connectivity.to) if isinstance(connectivity, Reciprocal) else projection


def _inside(connectivity: Local | Square | CONVOLVED, source: Population, target: Population) -> int:
    """Count the pairs of units within each other's fields, for some source units at a time."""
    if isinstance(connectivity, CONVOLVED):
        return _in_windows(connectivity, source, target)
    parts = _parts(source, target)
    return sum(int(np.count_nonzero(fields(connectivity, source, target, part))) for part in parts)


def _in_windows(connectivity: CONVOLVED, source: Population, target: Population) -> int:
    """Count the pairs of units of which one is in the window of the other, channel by channel."""
    assert source.sheet is not None
    assert target.sheet is not None
    channels = source.channels * (1 if isinstance(connectivity, AveragePooling) else target.channels)
    return windows_of(connectivity, source.sheet, target.sheet).number * channels


def _expected(connectivity: BY_DISTANCE, source: Population, target: Population, itself: bool) -> int:
    """Return how many pairs are connected on average."""
    found = sum(float(chances(connectivity, source, target, part).sum()) for part in _parts(source, target))
    return round(found - (source.size * connectivity.probability if itself else 0))


def _parts(source: Population, target: Population) -> Iterator[np.ndarray]:
    """Yield some source units at a time."""
    step = max(AT_ONCE // target.size, 1)
    units = np.arange(source.size)
    yield from (units[first : first + step] for first in range(0, source.size, step))
