"""Tied weights: a projection whose weights are those of another one, in the other direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brainlearn.circuit.degrees import population_size
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import CONVOLVED, PopulationTable, ProjectionTable, Tied
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest


def projection_name(projection: ProjectionTable) -> str:
    """Return its own name, or ``source->target``."""
    return projection.name or f"{projection.source}->{projection.target}"


def check_tied(
    draft: Draft, index: int, projection: ProjectionTable, populations: Mapping[str, PopulationTable]
) -> Iterator[Mistake]:
    """Check that tied weights, transposed, fit: those of the opposite direction, or of others between as many units."""
    if not isinstance(projection.weights, Tied):
        return
    place = draft.place("projections", index, "weights", "to")
    others, back = others_of(draft, projection)
    other = others.get(projection.weights.to)
    fitting = back + [name for name, p in others.items() if name not in back and _fits(p, projection, populations)]
    allowed = ", ".join(fitting) or f"a projection from {projection.target} to {projection.source}"
    if other is None or projection.weights.to not in fitting:
        wrong = "tied weights need a projection in the other direction, or one between as many units"
        yield Mistake(place, wrong, show(projection.weights.to), allowed, closest(projection.weights.to, fitting))
    elif isinstance(other.weights, Tied):
        yield Mistake(place, "weights cannot be tied to tied weights", show(projection.weights.to), "drawn weights")
    if projection.connectivity is not None and projection.connectivity.kind != "all_to_all":
        wrong = "tied weights take the connectivity of the other projection"
        place = draft.place("projections", index, "connectivity")
        yield Mistake(place, wrong, show(projection.connectivity.kind), "nothing", "Leave it out.")


def _fits(other: ProjectionTable, projection: ProjectionTable, populations: Mapping[str, PopulationTable]) -> bool:
    """Return whether the matrix of another projection has the shape of one, transposed; kernels have places."""
    if other is projection or isinstance(other.connectivity, CONVOLVED):
        return False
    ends = (other.source, other.target), (projection.target, projection.source)
    there, here = ([populations.get(path or "") for path in pair] for pair in ends)
    return None not in (*there, *here) and [*map(population_size, there)] == [*map(population_size, here)]


def others_of(draft: Draft, projection: ProjectionTable) -> tuple[dict[str, ProjectionTable], list[str]]:
    """Return the projections of a file by name, and the names of those in the direction opposite to one."""
    others = {projection_name(p): p for p in draft.projections if p and (p.name or (p.source and p.target))}
    ends = projection.target, projection.source
    return others, [name for name, p in others.items() if (p.source, p.target) == ends and p is not projection]
