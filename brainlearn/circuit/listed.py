"""Projections whose synapses are listed, and what they do not do."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.connecting import listed
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, UserError


def listed_mistakes(circuit: Circuit, projection: Projection, where: str) -> Iterator[Mistake]:
    """Yield that a projection does not learn, if its synapses are listed."""
    if listed(circuit, projection):
        wrong = f'{projection.name} does not learn: its synapses are listed ("{projection.connectivity.kind}")'
        hint = "Leave it out, or take a connectivity of which a matrix is stored, as probability among fewer units."
        yield Mistake(where, wrong, show(projection.name), "projections with a matrix of weights", hint)


def check_listed(circuit: Circuit, projections: Collection[str]) -> None:
    """Raise a UserError if projections are to learn, by name, whose synapses are listed."""
    chosen = (projection for projection in circuit.projections if projection.name in projections)
    if mistakes := [each for p in chosen for each in listed_mistakes(circuit, p, f"learn {p.name}")]:
        raise UserError(*mistakes)
