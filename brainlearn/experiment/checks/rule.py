"""Check that rules are there, lead to an answer, have the parameters that a file gives them, and projections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.learning import GOODNESS
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, closest
from brainlearn.rules import RULES, Rule
from brainlearn.rules.rule import find_weight


def check_rule(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that there are such rules, and that an answer can be read from what one of them computes."""
    rules = {key: rule_of(table) for key, table in settings.rule_tables.items()}
    for key, table in settings.rule_tables.items():
        rule = rules[key]
        if rule is None:
            mistake = unknown(f"{key}.name", "rule", table.name, RULES)
            hint = "Write your own rule in the file, or name its file: [rule] file = …."
            yield replace(mistake, suggestion=mistake.suggestion or hint)
        elif not table.has_text:
            yield from (replace(mistake, where=f"{key}.name") for mistake in find_weight(rule))
    found = [rule for rule in rules.values() if rule is not None]
    if settings.contrasts and len(found) == len(rules) and not any(GOODNESS in r.broadcasts for r in found):
        yield _no_goodness(settings, found)


def _no_goodness(settings: ExperimentFile, rules: Sequence[Rule]) -> Mistake:
    """Name rules of which none computes what an answer is read from."""
    names, readable = settings.rule_name, [name for name, rule in RULES.items() if GOODNESS in rule.broadcasts]
    wrong = f'"{names}" computes no goodness, which the readout needs'
    if settings.rule is None:
        return Mistake("rules", wrong, names, f"one of {', '.join(readable)}; or outputs with a [target]")
    if not settings.rule.has_text:
        return Mistake("rule.name", wrong, show(names), ", ".join(readable))
    told, hint = ", ".join(rules[0].broadcasts) or "none", 'Add one, as goodness = "activity**2".'
    return Mistake("rule.broadcasts", wrong, told, "one called goodness", hint)


def check_parameters(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that rules have the parameters that the file names, in their units; text declares its own."""
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        if rule is not None and not table.has_text:
            yield from _check_parameters(table, rule, f"{key}.parameters")


def _check_parameters(table: RuleTable, rule: Rule, place: str) -> Iterator[Mistake]:
    for name, value in table.parameters.items():
        key = f"{place}.{name}"
        if name not in rule.parameters:
            allowed = ", ".join(rule.parameters) or f"none: {rule.name} has no parameters"
            suggestion = closest(name, rule.parameters) or _of_another_rule(name)
            yield Mistake(key, f"no parameter of {rule.name} {show(name)}", show(name), allowed, suggestion)
        elif value.dimension != rule.parameters[name].dimension:
            yield Mistake(key, "wrong unit", value.text, f"as in {rule.parameters[name].text}")


def _of_another_rule(name: str) -> str:
    """Say how to drop a parameter that came with another rule, as where a sweep or ``--set`` changes the rule."""
    owners = [rule.name for rule in RULES.values() if name in rule.parameters]
    if not owners:
        return ""
    return (
        f"It belongs to {', '.join(owners)}. Remove it or, where another rule replaces that of the file, "
        "replace the table too: rule.parameters = {}."
    )


def check_learning_projections(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the projections that are to learn are there, and have their own weights."""
    projections = {projection.name: projection for projection in circuit.projections}
    tied = {name: p.weights for name, p in projections.items() if isinstance(p.weights, Tied)}
    free = [name for name in projections if name not in tied]
    for key, table in settings.rule_tables.items():
        chosen = table.projections
        for k, name in enumerate(chosen if chosen != "all" else ()):
            place = f"{key}.projections[{k}]"
            if name not in projections:
                yield unknown(place, "projection", name, projections)
            elif name in tied:
                wrong = f'its weights are tied to "{tied[name].to}"'
                suggestion = f'Omit it, or draw its weights: [weights."{name}"] distribution = "normal".'
                yield Mistake(place, wrong, show(name), ", ".join(free), suggestion)
        if chosen == [] or not free:
            yield Mistake(f"{key}.projections", "no projection learns", "none", _some_of(free))


def check_one_rule_each(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that each of several rules names its projections, and none is named twice."""
    learns_by: dict[str, str] = {}
    for key, table in settings.rule_tables.items():
        if table.projections == "all" and len(settings.rule_tables) > 1:
            wrong, hint = "with several rules, each must name its projections", "Name them, in a list."
            yield Mistake(f"{key}.projections", wrong, "all", "a list of names", hint)
            continue
        for k, name in enumerate(table.projections if table.projections != "all" else ()):
            if name in learns_by:
                wrong = f"a projection can learn by only one rule, and {learns_by[name]} already names this one"
                yield Mistake(f"{key}.projections[{k}]", wrong, show(name), suggestion="Remove it from one of them.")
            learns_by.setdefault(name, key)


def _some_of(free: Sequence[str]) -> str:
    return "all, or a list of names" if free else "a circuit with projections whose weights are not tied"
