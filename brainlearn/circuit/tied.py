"""Tied weights: a projection whose weights are those of another one, in the other direction."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import ProjectionTable, Tied
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest


def projection_name(projection: ProjectionTable) -> str:
    """Return its own name, or ``source->target``."""
    return projection.name or f"{projection.source}->{projection.target}"


def check_tied(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    """Check that tied weights are those of a projection between the same populations, in the opposite direction."""
    if not isinstance(projection.weights, Tied):
        return
    place = draft.place("projections", index, "weights", "to")
    others, back = others_of(draft, projection)
    other = others.get(projection.weights.to)
    allowed = ", ".join(back) or f"a projection from {projection.target} to {projection.source}"
    if other is None or projection.weights.to not in back:
        wrong = "tied weights need a projection in the other direction"
        yield Mistake(place, wrong, show(projection.weights.to), allowed, closest(projection.weights.to, back))
    elif isinstance(other.weights, Tied):
        yield Mistake(place, "weights cannot be tied to tied weights", show(projection.weights.to), "drawn weights")
    if projection.connectivity is not None and projection.connectivity.kind != "all_to_all":
        wrong = "tied weights take the connectivity of the other projection"
        place = draft.place("projections", index, "connectivity")
        yield Mistake(place, wrong, show(projection.connectivity.kind), "nothing", "Leave it out.")


def others_of(draft: Draft, projection: ProjectionTable) -> tuple[dict[str, ProjectionTable], list[str]]:
    """Return the projections of a file by name, and the names of those in the direction opposite to one."""
    others = {projection_name(p): p for p in draft.projections if p and (p.name or (p.source and p.target))}
    ends = projection.target, projection.source
    return others, [name for name, p in others.items() if (p.source, p.target) == ends and p is not projection]
