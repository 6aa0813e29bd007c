"""Check that the text of a user's rule is a rule: names, locality, traces, units, and units of the circuit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from brainlearn.brian.text.rule_check import RuleCheck
from brainlearn.brian.text.text_parsing import TextError, parse_equations
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.validation import show
from brainlearn.experiment.learning import learning_by
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NeuronModel
from brainlearn.rules import RULES, Rule
from brainlearn.rules.locality import check_states, check_terms, check_told, check_traces, find_non_local
from brainlearn.rules.names import check_names, check_use
from brainlearn.rules.reads import Unit
from brainlearn.rules.rule import IN_STEPS, ON_SPIKES
from brainlearn.units import Quantity, parse_quantity

MILLISECOND = parse_quantity("1 ms")
TERMS = ("changes", "top_down")


def check_own_text(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every mistake in the text of a rule that can be seen without a circuit."""
    for key, table in settings.rule_tables.items():
        yield from (replace(mistake, where=f"{key}.{mistake.where}") for mistake in find_in_text(table))


def check_own_use(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield parameters that no text of the rule reads."""
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        for mistake in check_use(rule) if rule is not None and table.has_text else ():
            yield replace(mistake, where=f"{key}.{mistake.where}")


def find_in_text(table: RuleTable, dt: Quantity = MILLISECOND) -> list[Mistake]:
    """Return the mistakes in the text of a rule, with its keys as places; none if the table holds no text."""
    rule = rule_of(table)
    if rule is None or not table.has_text:
        return []
    return list(dict.fromkeys([*_of_the_whole(rule), *wherever(rule, dt)]))


def wherever(rule: Rule, dt: Quantity) -> list[Mistake]:
    """Return the mistakes in a rule between any two units."""
    check = RuleCheck(rule, dt)
    units = [mistake for key in TERMS for mistake in check.between(key)]
    found = [*check_names(rule), *check.of_the_rule(), *find_non_local(rule), *units]
    return list(dict.fromkeys(found))


def _of_the_whole(rule: Rule) -> Iterator[Mistake]:
    """Check that a rule has a unique name, and changes something."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,79}", rule.name):
        allowed = "letters, digits, - and _, beginning with a letter; at most 80"
        yield Mistake("name", "not a name", show(rule.name), allowed)
    built_in = RULES.get(rule.name)
    if built_in is not None and not same_text(rule, built_in):
        wrong = f'"{rule.name}" is a built-in rule with a different text'
        hint = f"Give it a unique name, as {rule.name}_2."
        yield Mistake("name", wrong, show(rule.name), "a name that brainlearn list rules does not have", hint)
    if not rule.changes:
        hint = 'Write one, as { pre = "activity", post = "activity" }.'
        yield Mistake("changes", "a rule without terms changes nothing", "none", "one term or more", hint)


def same_text(rule: Rule, other: Rule) -> bool:
    """Return whether two rules differ in nothing but the values of parameters, and words for people."""
    units = [{name: value.dimension for name, value in each.parameters.items()} for each in (rule, other)]
    plain = replace(rule, parameters=other.parameters, description=other.description, source=other.source)
    return plain == other and units[0] == units[1]


# ---- in a circuit --------------------------------------------------------------------------------------------------


def check_own_places(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield what the text of a rule asks of the units that learn by it, and they do not have."""
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        if rule is None:
            continue
        learning, broadcaster = learning_by(table, circuit), table.broadcasts_from
        if table.has_text:
            check = RuleCheck(rule, circuit.dt)
            found = (m for each in learning for m in between(circuit, each, rule, check, broadcaster))
            here = _each_once(found, wherever(rule, circuit.dt))
            yield from (replace(mistake, where=f"{key}.{mistake.where}") for mistake in here)
        else:  # the text of a built-in rule is right between any two units that have the names it reads
            missing = _each_once(m for each in learning for m in missing_names(circuit, each, rule, broadcaster))
            yield from dict.fromkeys(_of_built_in(rule, mistake, f"{key}.name") for mistake in missing)


def _of_built_in(rule: Rule, mistake: Mistake, where: str) -> Mistake:
    """Return the mistake of choosing a rule whose text reads what the units do not define."""
    told = mistake.where.startswith(("broadcasts", "modulators"))
    hint = "Choose another rule, or name the projections that learn: projections."
    hint = f"Name the population that broadcasts: broadcasts_from. {hint}" if told else hint
    return replace(mistake, where=where, wrong=f'the rule "{rule.name}" {mistake.wrong}', suggestion=hint)


def _each_once(found: Iterable[Mistake], known: Iterable[Mistake] = ()) -> Iterator[Mistake]:
    """Yield mistakes that are not known yet: one for each place in the text and what was found there."""
    told = {(mistake.where, mistake.found) for mistake in known}
    for mistake in found:
        if (mistake.where, mistake.found) not in told:
            told.add((mistake.where, mistake.found))
            yield mistake


def between(
    circuit: Circuit,
    projection: Projection,
    rule: Rule,
    check: RuleCheck | None = None,
    broadcaster: str | None = None,
) -> Iterator[Mistake]:
    """Yield the mistakes in a rule between the units that a projection joins, told by those of a `broadcaster`."""
    key = _terms_of(rule, projection)
    models = [circuit.models[path] for path in (projection.source, projection.target)]
    if any(not _is_right(model) for model in models):
        return
    yield from _spiking(circuit, projection, rule, key, models)
    for path, model in zip((projection.source, projection.target), models, strict=True):
        yield from _shadows(rule, path, model)
    yield from missing_names(circuit, projection, rule, broadcaster)
    yield from (check or RuleCheck(rule, circuit.dt)).between(key, *models)


def missing_names(
    circuit: Circuit, projection: Projection, rule: Rule, broadcaster: str | None = None
) -> Iterator[Mistake]:
    """Yield the names that a rule reads at a projection, and the units there, or of a `broadcaster`, do not define."""
    key = _terms_of(rule, projection)
    ends = (projection.source, projection.target)
    if any(not _is_right(circuit.models[path]) for path in ends):
        return
    pre, post = (Unit(path, _names(circuit.models[path])) for path in ends)
    for side, unit in (("pre", pre), ("post", post)):
        yield from check_traces(rule, unit, side)
    yield from check_states(rule, pre, post)
    yield from check_terms(rule, key, pre, post)
    told_by = post
    if broadcaster is not None and broadcaster in circuit.models:
        told_by = Unit(broadcaster, _names(circuit.models[broadcaster]))
    yield from check_told(rule, told_by, any(change.when in IN_STEPS for change in getattr(rule, key)))


def _terms_of(rule: Rule, projection: Projection) -> str:
    """Return the key of the terms by which a projection learns."""
    return "top_down" if projection.pathway == "top_down" and rule.top_down else "changes"


def _is_right(model: NeuronModel) -> bool:
    """Return whether the equations of a model can be read; their mistakes are reported with the circuit."""
    try:
        parse_equations(model.equations)
    except TextError:
        return False
    return True


def _names(model: NeuronModel) -> frozenset[str]:
    return frozenset(parse_equations(model.equations).names).union(model.parameters)


def _spiking(
    circuit: Circuit, projection: Projection, rule: Rule, key: str, models: Iterable[NeuronModel]
) -> Iterator[Mistake]:
    """Check that terms on spikes are for synapses that carry spikes between spiking units."""
    if all(model.threshold for model in models) and circuit.synapses[projection.synapse].on_pre:
        return
    for k, state in enumerate(rule.states):
        if state.on_pre or state.on_post:
            wrong = f'is set by spikes, but "{projection.name}" does not connect spiking units'
            yield Mistake(f"states[{k}]", wrong, show(state.name), "a state without on_pre and on_post")
    for k, change in enumerate(getattr(rule, key)):
        if change.when in ON_SPIKES:
            wrong = f'acts on spikes, but "{projection.name}" does not connect spiking units'
            hint = "Name the projections that learn in rule.projections, or let the term act in every step."
            yield Mistake(f"{key}[{k}].when", wrong, show(change.when), ", ".join(("phase_end", *IN_STEPS)), hint)


def _shadows(rule: Rule, path: str, model: NeuronModel) -> Iterator[Mistake]:
    """Check that no constant of a rule hides a variable of the units."""
    variables = parse_equations(model.equations).names
    for name in rule.parameters:
        if name in variables:
            wrong = f"units of {path} have a variable of this name, but the text would read the constant"
            yield Mistake(f"parameters.{name}", wrong, f'"{name}"', "another name")
