"""Check that an experiment can be compared with backpropagation in the ways that its file asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.learning import GOODNESS
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import AlignmentTable, BaselineTable, ExperimentFile
from brainlearn.expression import ExpressionError, parse_expression
from brainlearn.mistakes import Mistake
from brainlearn.rules import Rule
from brainlearn.rules.rule import ON_SPIKES

OF_GOODNESS, OF_TARGETS = ("contrast", "every_area"), ("squared", "cross_entropy")


def check_baselines(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that what a baseline reads is there, and that its loss is one of this kind of experiment."""
    for name, table in settings.baselines.chosen().items():
        yield from _check_baseline(settings, table, circuit, f"baselines.{name}")


def _check_baseline(settings: ExperimentFile, table: BaselineTable, circuit: Circuit, key: str) -> Iterator[Mistake]:
    areas = [p.path for p in circuit.populations if circuit.models[p.path].kind != "stimulus"]
    for k, path in enumerate(table.populations or []):
        if path not in areas:
            yield unknown(f"{key}.populations[{k}]", "population", path, areas)
    if settings.target is not None and table.populations is not None:
        wrong = f"with [target], {settings.target.population} gives the answer, and no linear readout is trained"
        yield Mistake(f"{key}.populations", wrong, show(table.populations), "nothing", "Leave it out.")
    if settings.target is None and table.loss == "squared":
        wrong = "the squared loss needs a [target]"
        yield Mistake(f"{key}.loss", wrong, show(table.loss), "cross_entropy")


def check_alignment(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that the mirror has a gradient of what the experiment asks for, and the rule a change to compare with it."""
    table, with_targets = settings.alignment, settings.target is not None
    tables = list(settings.rule_tables.values())
    rules = [rule for each in tables if (rule := rule_of(each)) is not None]
    if table is None or len(rules) < len(tables) or settings.unit_classes is not None:
        return
    if not with_targets and not any(GOODNESS in rule.broadcasts for rule in rules):
        return
    yield from _check_epochs(settings, table)
    yield from _check_losses(table, with_targets)
    compared = [rule for rule in rules if not _acts_on_spikes(rule)] or rules
    for rule in compared:
        yield from _check_proposal(rule) if with_targets or GOODNESS not in rule.broadcasts else _check_goodness(rule)
    if with_targets:
        yield from _check_phases(settings)
    elif len(_goodnesses(tables)) > 1:
        wrong = "changes can be compared with the gradient of only one goodness, but these rules have several"
        yield Mistake("alignment", wrong, settings.rule_name, "rules with the same goodness and the same width")


def _goodnesses(tables: Sequence[RuleTable]) -> set[tuple[str, float]]:
    """Return the goodness and the width of every rule that has both."""
    found = set()
    for table in tables:
        rule = rule_of(table)
        if rule is not None and GOODNESS in rule.broadcasts and "width" in rule.parameters:
            found.add((rule.broadcasts[GOODNESS], {**rule.parameters, **table.parameters}["width"].value))
    return found


def _check_epochs(settings: ExperimentFile, table: AlignmentTable) -> Iterator[Mistake]:
    epochs = sum(settings.epochs_of_tasks())
    late = [epoch for epoch in table.epochs if epoch > epochs]
    if late:
        allowed = f"0 to {epochs}, the epochs of all tasks" if settings.sequence else f"0 to training.epochs = {epochs}"
        yield Mistake("alignment.epochs", "after the end of training", str(late[0]), allowed)


def _check_losses(table: AlignmentTable, with_targets: bool) -> Iterator[Mistake]:
    allowed = OF_TARGETS if with_targets else OF_GOODNESS
    kind = "with [target] losses are of the outputs" if with_targets else "without [target] losses are of goodness"
    for k, loss in enumerate(table.losses or []):
        if loss not in allowed:
            yield Mistake(f"alignment.losses[{k}]", kind, show(loss), ", ".join(allowed))


def _check_goodness(rule: Rule) -> Iterator[Mistake]:
    """Check that the rule has a goodness that the mirror can differentiate, and acts at the end of phases."""
    try:
        needs = parse_expression(rule.broadcasts[GOODNESS]).names - {"activity"}
    except ExpressionError:
        return  # named where the text is checked
    if needs or "width" not in rule.parameters or not _acts_at_phase_ends(rule):
        wrong = f'changes by the rule "{rule.name}" cannot be compared with the gradient of a goodness'
        allowed = "rules that act at the end of a phase, with a goodness of the activity and a width"
        yield Mistake("alignment", wrong, rule.name, allowed)


def _check_proposal(rule: Rule) -> Iterator[Mistake]:
    """Check that the change is at the end of a phase."""
    if not _acts_at_phase_ends(rule):
        wrong = f'changes by the rule "{rule.name}" cannot be compared with a gradient of output activity'
        yield Mistake("alignment", wrong, rule.name, "rules that act at the end of a phase")


def _check_phases(settings: ExperimentFile) -> Iterator[Mistake]:
    """Check that the change is at the end of a presentation."""
    *earlier, last = settings.phases
    if not last.learn or last.remember or any(phase.learn for phase in earlier):
        learning = [phase.name for phase in settings.phases if phase.learn]
        wrong = "changes are compared with the gradient at the end of a presentation"
        allowed = "learn = true in the last phase alone, without remember = true there"
        yield Mistake("alignment", wrong, f"learning in {', '.join(learning) or 'no phase'}", allowed)


def _acts_at_phase_ends(rule: Rule) -> bool:
    return all(change.when == "phase_end" for change in rule.changes)


def _acts_on_spikes(rule: Rule) -> bool:
    """Return whether a rule has no change at the end of a phase that could be compared."""
    return all(change.when in ON_SPIKES for change in (*rule.changes, *rule.top_down))
