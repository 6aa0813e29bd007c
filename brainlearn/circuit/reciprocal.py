"""Reciprocal synapses: a projection that joins the same pairs of units as another one, in the other direction."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import ProjectionTable, Reciprocal, Stored, Tied
from brainlearn.circuit.tied import others_of
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest


def check_reciprocal(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    """Check that there is a projection in the opposite direction, which has synapses of its own."""
    connectivity = projection.connectivity
    if not isinstance(connectivity, Reciprocal):
        return
    others, back = others_of(draft, projection)
    place = draft.place("projections", index, "connectivity", "to")
    free = [name for name in back if not _follows(others[name])]
    allowed = ", ".join(free) or f"a projection from {projection.target} to {projection.source}"
    if connectivity.to not in back:
        wrong = "reciprocal synapses need a projection in the other direction"
        yield Mistake(place, wrong, show(connectivity.to), allowed, closest(connectivity.to, free))
    elif connectivity.to not in free:
        wrong = "synapses cannot be reciprocal to reciprocal ones"
        yield Mistake(place, wrong, show(connectivity.to), allowed)
    if isinstance(projection.weights, Stored):
        place, wrong = draft.place("projections", index, "weights", "distribution"), "weights of reciprocal are drawn"
        yield Mistake(place, wrong, show("file"), "constant, normal, uniform")


def _follows(projection: ProjectionTable) -> bool:
    """Return whether a projection has the pairs of another one."""
    return isinstance(projection.connectivity, Reciprocal) or isinstance(projection.weights, Tied)
