"""See that the rule is there, leads to an answer, and has the parameters that a file gives it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, closest
from brainlearn.rules import RULES
from brainlearn.rules.rule import find_weight


def check_rule(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that there is such a rule, and that an answer can be read from what it computes."""
    name, rule = settings.rule.name, rule_of(settings.rule)
    if rule is None:
        mistake = unknown("rule.name", "rule", name, RULES)
        hint = "A rule of your own has its text in the file, or in one that it names: [rule] file = …."
        yield replace(mistake, suggestion=mistake.suggestion or hint)
        return
    if not settings.rule.has_text:
        yield from (replace(mistake, where="rule.name") for mistake in find_weight(rule))
    if settings.contrasts and "goodness" not in rule.broadcasts:
        wrong = f'"{name}" computes no goodness, from which the answer is read'
        if settings.rule.has_text:
            found, hint = ", ".join(rule.broadcasts) or "none", 'Add one, as goodness = "activity**2".'
            yield Mistake("rule.broadcasts", wrong, found, "one called goodness", hint)
        else:
            readable = [name for name, rule in RULES.items() if "goodness" in rule.broadcasts]
            yield Mistake("rule.name", wrong, show(name), ", ".join(readable))


def check_parameters(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that the rule has the parameters that the file names, in their units; text declares its own."""
    rule = rule_of(settings.rule)
    if rule is None or settings.rule.has_text:
        return
    for name, value in settings.rule.parameters.items():
        key = f"rule.parameters.{name}"
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
    """See that the projections that are to learn are there, and have weights of their own."""
    chosen = settings.rule.projections
    projections = {projection.name: projection for projection in circuit.projections}
    tied = {name: p.weights for name, p in projections.items() if isinstance(p.weights, Tied)}
    free = [name for name in projections if name not in tied]
    for k, name in enumerate(chosen if chosen != "all" else ()):
        place = f"rule.projections[{k}]"
        if name not in projections:
            yield unknown(place, "projection", name, projections)
        elif name in tied:
            wrong = f'its weights are tied to "{tied[name].to}", and follow them'
            suggestion = f'Leave it out, or draw its weights: [weights."{name}"] distribution = "normal".'
            yield Mistake(place, wrong, show(name), ", ".join(free), suggestion)
    if chosen == [] or not free:
        yield Mistake("rule.projections", "no projection learns", "none", _some_of(free))


def _some_of(free: Sequence[str]) -> str:
    return "all, or a list of names" if free else "a circuit with projections whose weights are not tied"
