"""How many synapses a projection has, without drawing them."""

from __future__ import annotations

from dataclasses import dataclass

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.circuit.schema import AllButOwn, Local, OneToOne, Probability, Square
from brainlearn.circuit.wiring import fields


@dataclass(frozen=True)
class SynapseCount:
    """A number of synapses; the expected one if they are drawn at random."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"≈ {self.number:,}"


def sheet_words(population: Population) -> str:
    """Say how the units lie, as in ``8 × 8``, or ``16 × 16 × 3`` with three at every place; nothing without a sheet."""
    if population.sheet is None:
        return ""
    sides = [*population.sheet, *([population.per_place] if population.per_place > 1 else [])]
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
    source, target = circuit.population(projection.source), circuit.population(projection.target)
    itself = source.path == target.path and not projection.self_connections
    pairs = source.size * target.size - (source.size if itself else 0)
    if isinstance(projection.connectivity, Probability):
        return SynapseCount(
            round(pairs * projection.connectivity.probability), projection.connectivity.probability == 1
        )
    if isinstance(projection.connectivity, Local | Square) and source.sheet and target.sheet:
        inside = fields(projection.connectivity, source, target).sum()
        return SynapseCount(int(inside) - (source.size if itself else 0), exact=True)
    own = 0 if itself else min(source.size, target.size)
    if isinstance(projection.connectivity, OneToOne):
        return SynapseCount(own, exact=True)
    return SynapseCount(pairs - (own if isinstance(projection.connectivity, AllButOwn) else 0), exact=True)
