"""How many synapses a projection has, without drawing them."""

from __future__ import annotations

from dataclasses import dataclass

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.schema import Local, Probability
from brainlearn.circuit.wiring import receptive_fields


@dataclass(frozen=True)
class SynapseCount:
    """A number of synapses; the expected one if they are drawn at random."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"≈ {self.number:,}"


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
    if isinstance(projection.connectivity, Local) and source.sheet and target.sheet:
        inside = receptive_fields(source.sheet, target.sheet, projection.connectivity.radius).sum()
        return SynapseCount(int(inside) - (source.size if itself else 0), exact=True)
    return SynapseCount(pairs, exact=True)
