"""The text of a rule's terms that act within a phase, in every step or on spikes: what it may name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brian2 import Equations

from brainlearn.brian.learning.population_values import BEFORE, FEEDBACK, GAIN_IN_RULES
from brainlearn.brian.learning.traces import ACTIVITY
from brainlearn.circuit import Circuit, Projection
from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.rules.jump import read_of
from brainlearn.rules.known_names import told_names
from brainlearn.rules.locality import reads_told
from brainlearn.rules.rule import IN_STEPS, ON_SPIKES, SPIKED, SUMMED, Change, Rule

WITHIN_A_PHASE = (*IN_STEPS, *ON_SPIKES)


def step_terms(rule: Rule) -> tuple[Change, ...]:
    """Return the terms of a rule that are summed up over the steps of a phase."""
    return tuple(change for change in rule.changes if change.when in SUMMED)


def is_told(rule: Rule) -> bool:
    """Return whether text within a phase reads what its population tells it, so that it must be there in every step."""
    return reads_told(rule, [c for c in (*rule.changes, *rule.top_down) if c.when in WITHIN_A_PHASE])


def check_steps(circuit: Circuit, projections: Iterable[str], rule: Rule, broadcaster: str = "") -> None:
    """Raise a UserError if text within a phase, or what it receives, names what a unit does not have there."""
    for projection in (p for p in circuit.projections if p.name in projections):
        for path, text, others in _read_within(projection, rule, broadcaster):
            known = sorted({*_unit_names(circuit, path, rule), *rule.parameters, *others})
            for name in sorted(parse_expression(text).names.difference(known)):
                raise UserError(_unknown(circuit, projection, path, name, known, rule))


def _read_within(projection: Projection, rule: Rule, broadcaster: str) -> Iterator[tuple[str, str, set[str]]]:
    """Yield every text that is read within a phase, whose unit it is about, and what else it may name."""
    terms = [change for change in rule.along(projection.pathway).changes if change.when in WITHIN_A_PHASE]
    on_spikes = {ACTIVITY, *BEFORE, SPIKED}
    for change in terms:
        also = on_spikes if change.when in ON_SPIKES else set()
        yield projection.source, change.pre, also
        yield projection.target, change.post, also | told_names(rule)
    for state in rule.states:
        for text in (state.equation, state.on_step):
            yield from ((projection.source, name, set()) for name in read_of("pre", text))
            yield from ((projection.target, name, set()) for name in read_of("post", text))
    told = [change for change in terms if reads_told(rule, [change])]
    if terms and is_told(rule):
        also = on_spikes if all(change.when in ON_SPIKES for change in told) else set()
        for text in rule.broadcasts.values():
            yield broadcaster or projection.target, text, also


def _unit_names(circuit: Circuit, path: str, rule: Rule) -> set[str]:
    """Return what a unit of a population has in every step."""
    model = circuit.models[path]
    own = {*Equations(model.equations).names, *model.parameters, *(trace.name for trace in rule.traces), GAIN_IN_RULES}
    return own | {FEEDBACK} if model.feedback else own


def _unknown(circuit: Circuit, projection: Projection, path: str, name: str, known: list[str], rule: Rule) -> Mistake:
    wrong = f'the rule "{rule.name}" reads "{name}" in every step, but units of {path} have no such variable'
    allowed = "variables and parameters of the unit, and broadcasts of its population: " + ", ".join(known)
    hint = "The activity since the start of the phase is available only at its end; use a trace instead."
    return Mistake(
        f'{circuit.path}: projection "{projection.name}"', wrong, f'"{name}"', allowed, closest(name, known) or hint
    )
