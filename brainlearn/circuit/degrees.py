"""Numbers of synapses: whether a projection can have as many as its table says, and not too many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brainlearn.circuit.connecting import by_rows
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import (
    CONVOLVED,
    MOST_SYNAPSES,
    AllButOwn,
    AllToAll,
    FixedInDegree,
    FixedOutDegree,
    FixedTotalNumber,
    PopulationTable,
    Probability,
    ProjectionTable,
    Stored,
    Tied,
)
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake

FIXED = FixedInDegree | FixedOutDegree | FixedTotalNumber


def population_size(table: PopulationTable | None) -> int:
    """Return the number of units; 1 if it is unknown."""
    if table is None:
        return 1
    return table.sheet[0] * table.sheet[1] * (table.channels or 1) if table.sheet else table.size or 1


def check_degrees(
    draft: Draft, index: int, projection: ProjectionTable, populations: Mapping[str, PopulationTable]
) -> Iterator[Mistake]:
    """Yield the mistakes in the number of synapses of one projection."""
    source, target = (populations.get(path or "") for path in (projection.source, projection.target))
    sources, targets = population_size(source), population_size(target)
    connectivity, place = projection.connectivity, draft.place("projections", index)
    if isinstance(projection.weights, Tied):  # there are as many as of those that they are tied to
        if isinstance(connectivity, FIXED):
            yield from _of_a_matrix(draft, index, projection)
        return
    if not by_rows(projection, sources * targets):
        if isinstance(connectivity, FIXED):
            yield from _of_a_matrix(draft, index, projection)
        elif sources * targets > MOST_SYNAPSES and not isinstance(connectivity, CONVOLVED):  # which share few weights
            found = f"{sources} × {targets} pairs of units"
            yield Mistake(place, "the projection is too large", found, f"at most {MOST_SYNAPSES}")
        return
    if isinstance(connectivity, FIXED) and isinstance(projection.weights, Stored):
        yield from _of_a_matrix(draft, index, projection)
        return
    number = _synapses(connectivity, sources, targets)
    if number > MOST_SYNAPSES:
        yield Mistake(place, "the projection is too large", f"{number:,.0f} synapses", f"at most {MOST_SYNAPSES:,}")
    elif isinstance(connectivity, FIXED) and source and target:
        itself = projection.source == projection.target and not projection.self_connections
        key, most = _most(connectivity, sources, targets, itself)
        asked: int = getattr(connectivity, key)
        if asked > most:
            wrong = "there are too few units to choose from"
            suggestion = "Write multapses = true, or reduce the number." if most and not connectivity.multapses else ""
            place = draft.place("projections", index, "connectivity", key)
            yield Mistake(place, wrong, show(asked), f"at most {most:,}", suggestion)


def _of_a_matrix(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    """Yield that synapses which are drawn by number take no weights from elsewhere."""
    assert isinstance(projection.weights, Stored | Tied)
    assert projection.connectivity is not None
    place = draft.place("projections", index, "weights", "distribution")
    wrong = f'weights of "{projection.connectivity.kind}" are drawn'
    yield Mistake(place, wrong, show(projection.weights.distribution), "constant, normal, uniform")


def _most(connectivity: FIXED, sources: int, targets: int, itself: bool) -> tuple[str, int]:
    """Return the key of a number, and how large it may be where a unit does not reach `itself`."""
    if isinstance(connectivity, FixedInDegree):
        key, others = "in_degree", sources - itself
    elif isinstance(connectivity, FixedOutDegree):
        key, others = "out_degree", targets - itself
    else:
        key, others = "number", sources * (targets - itself)
    return key, MOST_SYNAPSES if connectivity.multapses and others else others


def _synapses(connectivity: object, sources: int, targets: int) -> float:
    """Return how many synapses there will be, about."""
    match connectivity:
        case FixedInDegree(in_degree=degree):
            return targets * degree
        case FixedOutDegree(out_degree=degree):
            return sources * degree
        case FixedTotalNumber(number=number):
            return number
        case Probability(probability=probability):
            return sources * targets * probability
        case AllToAll() | AllButOwn() | None:
            return sources * targets
    return 0.0  # what depends on sheets has few
