"""Projections whose synapses are listed, and how they do not learn."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.connecting import listed
from brainlearn.circuit.distributions import QuantityTable
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules.rule import ON_SPIKES, Rule

NORMALISE = "normalise"


def listed_mistakes(
    circuit: Circuit, projection: Projection, rule: Rule, updates: Collection[str], where: str
) -> Iterator[Mistake]:
    """Yield why a projection does not learn by a rule and a chain of updates, by name, if its synapses are listed."""
    if not listed(circuit, projection):
        return
    wrong = f'{projection.name} does not learn so: its synapses are listed ("{projection.connectivity.kind}")'
    changes = rule.along(projection.pathway).changes
    if rule.states or any(change.synapse for change in changes):
        yield Mistake(where, wrong, "states of synapses", "rules without them")
    if isinstance(projection.delay, QuantityTable) and any(change.when in ON_SPIKES for change in changes):
        yield Mistake(
            where, f"{wrong}, each with a delay", "terms on spikes", "one delay, or a rule without such terms"
        )
    plasticity = projection.short_term_plasticity
    if plasticity is not None and plasticity.of_synapses and any(change.when in ON_SPIKES for change in changes):
        allowed = "one short-term plasticity for all synapses, or a rule without such terms"
        yield Mistake(where, f"{wrong}, each with a short-term plasticity", "terms on spikes", allowed)
    if NORMALISE in updates:
        yield Mistake(where, wrong, show(NORMALISE), "updates that deal with every weight alone")


def check_listed(circuit: Circuit, projections: Collection[str], rule: Rule, updates: Collection[str]) -> None:
    """Raise a UserError if projections, by name, do not learn by a rule because their synapses are listed."""
    chosen = (projection for projection in circuit.projections if projection.name in projections)
    if mistakes := [each for p in chosen for each in listed_mistakes(circuit, p, rule, updates, f"learn {p.name}")]:
        raise UserError(*mistakes)
