"""Convolution and pooling in a circuit file: whether sheets, channels and weights are such that windows fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brainlearn.circuit.distributions import QuantityTable, StoredQuantity
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import CONVOLVED, AveragePooling, Constant, PopulationTable, ProjectionTable, Tied
from brainlearn.circuit.tied import others_of
from brainlearn.circuit.validation import show
from brainlearn.circuit.windows import sheet_behind
from brainlearn.mistakes import Mistake


def check_convolution(
    draft: Draft, index: int, projection: ProjectionTable, populations: Mapping[str, PopulationTable]
) -> Iterator[Mistake]:
    """Yield the mistakes in a projection whose places share their weights, or that is tied to one."""
    connectivity = projection.connectivity
    if isinstance(connectivity, CONVOLVED):
        yield from _check_sheets(draft, index, projection, connectivity, populations)
        yield from _check_weights(draft, index, projection, connectivity)
    elif isinstance(projection.weights, Tied):
        followed = others_of(draft, projection)[0].get(projection.weights.to)
        if followed is None or not isinstance(followed.connectivity, CONVOLVED):
            return
        if isinstance(followed.connectivity, AveragePooling):
            place = draft.place("projections", index, "weights", "to")
            yield Mistake(place, "nothing is tied to pooling", show(projection.weights.to), "a convolution")
    else:
        return
    yield from _check_shared(draft, index, projection)


def _check_sheets(
    draft: Draft,
    index: int,
    projection: ProjectionTable,
    connectivity: CONVOLVED,
    populations: Mapping[str, PopulationTable],
) -> Iterator[Mistake]:
    """Check that both ends have sheets, of which the target's has a place for every window of the source's."""
    place = draft.place("projections", index, "connectivity")
    source, target = (populations.get(path or "") for path in (projection.source, projection.target))
    if source is None or target is None:
        return
    flat = [str(p) for p, end in ((projection.source, source), (projection.target, target)) if not end.sheet]
    if flat:
        hint = "Write sheet = [rows, columns], and channels = their number, in the population."
        wrong = f'"{connectivity.kind}" needs sheets'
        yield Mistake(place, wrong, f"{', '.join(flat)} without", "a sheet at both ends", hint)
        return
    assert source.sheet is not None
    behind = sheet_behind(connectivity, source.sheet)
    if min(behind) < 1:
        found, allowed = show(list(connectivity.kernel)), f"at most {show(list(source.sheet))}, and twice the padding"
        wrong = f"the kernel is larger than the sheet of {projection.source}"
        yield Mistake(draft.place("projections", index, "connectivity", "kernel"), wrong, found, allowed)
    elif target.sheet != behind:
        wrong = f"the sheet of {projection.target} has not one place for each window of {projection.source}"
        hint = "Rows and columns are (source + 2 * padding - kernel) // stride + 1."
        yield Mistake(place, wrong, show(list(target.sheet or ())), show(list(behind)), hint)
    channels = source.channels or 1, target.channels or 1
    if isinstance(connectivity, AveragePooling) and channels[0] != channels[1]:
        wrong, allowed = "pooling leaves every channel by itself", "as many channels at both ends"
        yield Mistake(place, wrong, f"{channels[0]} and {channels[1]} channels", allowed)


def _check_weights(draft: Draft, index: int, projection: ProjectionTable, connectivity: CONVOLVED) -> Iterator[Mistake]:
    weights = projection.weights
    if weights is None:
        return
    place = draft.place("projections", index, "weights")
    if isinstance(weights, Tied):
        return  # which have the connectivity of those that they follow
    if isinstance(connectivity, AveragePooling) and not (isinstance(weights, Constant) and not weights.per_input):
        wrong = "pooling takes a mean, times one weight"
        yield Mistake(place, wrong, show(weights.distribution), '{ distribution = "constant", value = … }')
    if projection.source == projection.target and not projection.self_connections:
        wrong = "in a convolution within a population units project to themselves too"
        place = draft.place("projections", index, "self_connections")
        yield Mistake(place, wrong, "false", "true", "Write self_connections = true.")


def _check_shared(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    """Check that nothing but weights differs between synapses."""
    if isinstance(projection.delay, QuantityTable | StoredQuantity):
        place = draft.place("projections", index, "delay")
        yield Mistake(place, "synapses that share their weights have one delay", "one for each synapse", "a time")
    plasticity = projection.short_term_plasticity
    if plasticity is not None and plasticity.of_synapses:
        place = draft.place("projections", index, "short_term_plasticity")
        wrong = "synapses that share their weights tire alike"
        yield Mistake(place, wrong, "values for each synapse", "the same for all synapses")
