"""Dale's principle: population, projection, synapse and weights must agree about the sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import Constant, PopulationTable, ProjectionTable, Stored, Tied, Uniform
from brainlearn.circuit.validation import show
from brainlearn.circuit.weights import AnyDrawnWeights
from brainlearn.mistakes import Mistake
from brainlearn.synapses import Sign, SynapseModel


def effective_sign(projection: ProjectionTable, source: PopulationTable | None) -> Sign | None:
    """Sign of a projection's weights: its own, or that of its source; None if that is unknown."""
    return projection.sign or (source.sign if source else None)


def check_signs(
    draft: Draft,
    index: int,
    projection: ProjectionTable,
    populations: Mapping[str, PopulationTable],
    synapses: Mapping[str, SynapseModel | None],
) -> Iterator[Mistake]:
    """Yield every conflict of one projection."""
    source = populations.get(projection.source or "")
    if source and source.sign and projection.sign and source.sign not in ("mixed", projection.sign):
        wrong = f"Dale conflict: {projection.source} is {source.sign}"
        suggestion = "Omit the sign: a projection has the sign of its source."
        yield Mistake(
            draft.place("projections", index, "sign"),
            wrong,
            show(projection.sign),
            show(source.sign),
            suggestion,
        )
        return
    sign = effective_sign(projection, source)
    if sign is None:
        return
    yield from _check_weights(draft, index, projection, sign)
    synapse = synapses.get(projection.synapse or "")
    if synapse and synapse.sign not in ("mixed", sign):
        wrong = f"Dale conflict: the synapse is {synapse.sign}, the weights are {sign}"
        suggestion = f'Write sign = "{synapse.sign}" in the source population, or take another synapse.'
        place = draft.place("projections", index, "synapse")
        yield Mistake(place, wrong, show(projection.synapse), f"{synapse.sign} weights", suggestion)


def _check_weights(draft: Draft, index: int, projection: ProjectionTable, sign: Sign) -> Iterator[Mistake]:
    weights = projection.weights
    if sign == "mixed" or weights is None:
        return
    if isinstance(weights, Stored):
        return  # seen when the file is read
    if isinstance(weights, Tied):
        if weights.correlation != 1:
            place = draft.place("projections", index, "weights", "correlation")
            wrong = f"Dale conflict: the projection is {sign}, and the random part of its weights has both signs"
            yield Mistake(place, wrong, show(weights.correlation), "1.0")
        return
    key, extreme = _extreme(weights, sign)
    if extreme * (1 if sign == "excitatory" else -1) < 0:
        place = draft.place("projections", index, "weights", key)
        allowed = "0 or more" if sign == "excitatory" else "0 or less: inhibitory weights are negative"
        wrong = f"Dale conflict: the projection is {sign}"
        yield Mistake(place, wrong, show(extreme), allowed, f"Write {-extreme:g}, or another sign.")


def _extreme(weights: AnyDrawnWeights, sign: Sign) -> tuple[str, float]:
    """Return the number of a distribution that is farthest on the wrong side of 0, and its key."""
    wrong_end = "low" if sign == "excitatory" else "high"
    if isinstance(weights, Uniform):
        return wrong_end, getattr(weights, wrong_end)
    if isinstance(weights, Constant):
        return "value", weights.value
    bound, right = getattr(weights, wrong_end), 1 if sign == "excitatory" else -1
    if bound is not None and bound * right < 0:  # what is folded over would leave the bounds
        return wrong_end, bound
    return "mean", weights.mean
