"""See that an experiment can be compared with backpropagation in the ways that its file asks for."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.schema import AlignmentTable, BaselineTable, ExperimentFile
from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, closest
from brainlearn.rules import RULES, Rule

OF_GOODNESS, OF_TARGETS = ("contrast", "every_area"), ("squared", "cross_entropy")


def check_baselines(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """See that what a baseline reads is there, and that its loss is one of this kind of experiment."""
    chosen = settings.baselines.chosen()
    return [
        mistake
        for name, table in chosen.items()
        for mistake in _check_baseline(settings, table, circuit, f"{where}: baselines.{name}")
    ]


def _check_baseline(settings: ExperimentFile, table: BaselineTable, circuit: Circuit, key: str) -> Iterator[Mistake]:
    areas = [p.path for p in circuit.populations if circuit.neurons[p.neuron].kind != "stimulus"]
    for k, path in enumerate(table.populations or []):
        if path not in areas:
            wrong = f"no population {show(path)}"
            yield Mistake(f"{key}.populations[{k}]", wrong, show(path), ", ".join(areas), closest(path, areas))
    if settings.target is not None and table.populations is not None:
        wrong = f"with [target] the answer is what {settings.target.population} does, no linear readout learns"
        yield Mistake(f"{key}.populations", wrong, show(table.populations), "nothing", "Leave it out.")
    if settings.target is None and table.loss == "squared":
        wrong = "without [target] there is nothing to take a distance from"
        yield Mistake(f"{key}.loss", wrong, show(table.loss), "cross_entropy")


def check_alignment(settings: ExperimentFile, where: str) -> list[Mistake]:
    """See that the mirror has a gradient of what the experiment asks for, and the rule a change to compare with it."""
    table, rule = settings.alignment, RULES.get(settings.rule.name)
    with_targets = settings.target is not None
    if table is None or rule is None or not (with_targets or "goodness" in rule.broadcasts):
        return []
    mistakes = [*_check_epochs(settings, table, where), *_check_losses(table, with_targets, where)]
    if not with_targets:
        return [*mistakes, *_check_goodness(rule, where)]
    return [*mistakes, *_check_proposal(settings, rule, where)]


def _check_epochs(settings: ExperimentFile, table: AlignmentTable, where: str) -> Iterator[Mistake]:
    late = [epoch for epoch in table.epochs if epoch > settings.training.epochs]
    if late:
        allowed = f"0 to training.epochs = {settings.training.epochs}"
        yield Mistake(f"{where}: alignment.epochs", "after the end of training", str(late[0]), allowed)


def _check_losses(table: AlignmentTable, with_targets: bool, where: str) -> Iterator[Mistake]:
    allowed = OF_TARGETS if with_targets else OF_GOODNESS
    kind = "with [target] losses are of the outputs" if with_targets else "without [target] losses are of goodness"
    for k, loss in enumerate(table.losses or []):
        if loss not in allowed:
            yield Mistake(f"{where}: alignment.losses[{k}]", kind, show(loss), ", ".join(allowed))


def _check_goodness(rule: Rule, where: str) -> Iterator[Mistake]:
    """See that the rule has a goodness that the mirror can differentiate, and acts at the end of phases."""
    needs = parse_expression(rule.broadcasts["goodness"]).names - {"activity"}
    if needs or "width" not in rule.parameters or not _acts_at_phase_ends(rule):
        wrong = f'changes by the rule "{rule.name}" cannot be compared with the gradient of a goodness'
        allowed = "rules that act at the end of a phase, with a goodness of the activity and a width"
        yield Mistake(f"{where}: alignment", wrong, rule.name, allowed)


def _check_proposal(settings: ExperimentFile, rule: Rule, where: str) -> Iterator[Mistake]:
    """See that the change stands at the end of a presentation."""
    if not _acts_at_phase_ends(rule):
        wrong = f'changes by the rule "{rule.name}" cannot be compared with a gradient of what outputs do'
        yield Mistake(f"{where}: alignment", wrong, rule.name, "rules that act at the end of a phase")
    *earlier, last = settings.phases
    if not last.learn or last.remember or any(phase.learn for phase in earlier):
        learning = [phase.name for phase in settings.phases if phase.learn]
        wrong = "changes are compared with the gradient at the end of a presentation"
        allowed = "learn = true in the last phase alone, without remember = true there"
        yield Mistake(f"{where}: alignment", wrong, f"learning in {', '.join(learning) or 'no phase'}", allowed)


def _acts_at_phase_ends(rule: Rule) -> bool:
    return all(change.when == "phase_end" for change in rule.changes)
