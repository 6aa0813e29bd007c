"""Compare the phases, the target and the circuit with what a rule of two phases reads of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.validation import show
from brainlearn.experiment.learning import learning_by
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.experiment.schema import ExperimentFile, PhaseTable
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.rules import RULES, Rule

COMPARED = ("activity_before", "feedback_before", "nudge_strength", "nudge_strength_before")
NUDGING = "nudging"
POLARITY = "polarity"


# ---- targets and nudges --------------------------------------------------------------------------------------------


def check_target(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that some population is nudged, and can be."""
    if settings.target is None:
        for k, phase in enumerate(settings.phases):
            if phase.nudge:
                wrong = f'the phase "{phase.name}" nudges, but the experiment has no target'
                suggestion = "Add a table [target] with the nudged population."
                yield Mistake(f"phases[{k}].nudge", wrong, f"{phase.nudge:g}", "0", suggestion)
        return
    able = [p.path for p in circuit.populations if _can_be_nudged(circuit.models[p.path])]
    path = settings.target.population
    known = [p.path for p in circuit.populations if circuit.models[p.path].kind != "stimulus"]
    if path in known and path not in able:
        model = circuit.models[path]
        missing = " and no ".join([f"`{NUDGING}`"] if model.input else ["`input`", f"`{NUDGING}`"])
        wrong = f'{path} cannot be nudged: its neuron model "{model.name}" has no {missing}'
        models = ", ".join(name for name, each in NEURONS.items() if _can_be_nudged(each))
        suggestion = f"Neuron models that do: {models}."
        yield Mistake("target.population", wrong, show(path), ", ".join(able) or "none", suggestion)


def _can_be_nudged(model: NeuronModel) -> bool:
    variable = re.search(rf"^\s*{NUDGING}\s*:", model.equations, re.MULTILINE)
    return model.kind != "stimulus" and bool(model.input) and variable is not None


def check_answer(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the answer is read before targets are shown."""
    if settings.target is None:
        return
    nudged = [k for k, phase in enumerate(settings.phases) if phase.nudge]
    if not nudged:
        wrong = "no phase nudges the outputs towards their targets"
        suggestion = f'Set nudge = 1.0 in the last phase, "{settings.phases[-1].name}".'
        yield Mistake("phases", wrong, "nudge = 0 in all", "a nudge in one", suggestion)
        return
    if not _moved(circuit, settings.target.population):
        return
    first = settings.phases[nudged[0]].name
    if nudged[0] == 0:
        wrong = f'the first phase, "{first}", already nudges, but the answer must be read before a nudge'
        yield Mistake("phases[0].nudge", wrong, f"{settings.phases[0].nudge:g}", "0", "Add a free phase.")
    for k, phase in enumerate(settings.phases):
        if phase.answer and k >= nudged[0] > 0:
            wrong = f'the answer is read at the end of "{phase.name}", but the outputs are nudged since "{first}"'
            allowed = ", ".join(f'"{each.name}"' for each in settings.phases[: nudged[0]])
            yield Mistake(f"phases[{k}].answer", wrong, "true", f"in {allowed}")


def _moved(circuit: Circuit, path: str) -> bool:
    """Return whether a nudge changes what the units of a population do, and not only what they tell others."""
    if path not in {p.path for p in circuit.populations}:
        return True
    model = circuit.models[path]
    lines = re.findall(r"^\s*(?:d(\w+)/dt|(\w+))\s*=([^:\n]*)", model.equations, re.MULTILINE)
    texts = {differential or plain: text for differential, plain, text in lines}
    reached, waiting = set[str](), re.findall(r"\w+", f"{model.threshold} {model.output}")
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += re.findall(r"\w+", texts.get(name, ""))
    return NUDGING in reached


def _no_negatives(rule: Rule, key: str, table: str) -> Mistake:
    """Name a rule that tells positive presentations from negative ones, where a table of the file leaves none."""
    wrong = (
        f'"{rule.name}" learns from positive and negative presentations, but with [{table}] there are no negative ones'
    )
    allowed = ", ".join(name for name, each in RULES.items() if not each.reads(POLARITY))
    other = "compares phases, as temporal_difference" if table == "target" else "learns from spikes, as pair_stdp"
    suggestion = f"Remove the table [{table}], or choose a rule that {other}."
    return Mistake(key, wrong, show(rule.name), allowed, suggestion)


# ---- two phases ----------------------------------------------------------------------------------------------------


def check_two_phases(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that a rule finds the presentations and the phases that it compares."""
    without = "target" if settings.target is not None else "unit_classes"
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        if rule is None:
            continue
        signed = settings.contrasts or settings.environment is not None or settings.completion is not None
        if not signed and rule.reads(POLARITY):
            yield _no_negatives(rule, f"{key}.name", without)
        if any(rule.reads(name) for name in COMPARED):
            yield from _check_comparison(settings, rule, table)


def _check_comparison(settings: ExperimentFile, rule: Rule, table: RuleTable) -> Iterator[Mistake]:
    """Check that every phase in which a rule applies has one before it to compare with, with another nudge."""
    phases = settings.phases
    remembered = [k for k, phase in enumerate(phases) if phase.remember]
    if not remembered:
        wrong = f'"{rule.name}" compares two phases, but none is remembered'
        suggestion = "Set remember = true in the phase before the one that learns."
        yield Mistake("phases", wrong, _names(phases), suggestion=suggestion)
        return
    for k, phase in enumerate(phases):
        if not _learns(phase, table):
            continue
        earlier = [j for j in remembered if j < k]
        if settings.environment is not None and not rule.reads("nudge_strength"):
            continue  # what is remembered of one decision is there in the next
        if not earlier:
            wrong = f'the phase "{phase.name}" learns by "{rule.name}", but no earlier phase is remembered'
            found = f'remember = true in "{phases[remembered[0]].name}"'
            suggestion = f'Set learn = false in "{phase.name}", or remember = true in a phase before it.'
            yield Mistake(f"phases[{k}].learn", wrong, found, suggestion=suggestion)
        elif rule.reads("nudge_strength") and phase.nudge == phases[earlier[-1]].nudge:
            other = phases[earlier[-1]].name
            wrong = f'"{rule.name}" divides by the difference of the nudges in "{phase.name}" and "{other}": it is 0'
            allowed = f"another number than {phase.nudge:g}"
            yield Mistake(f"phases[{k}].nudge", wrong, f"{phase.nudge:g}", allowed)


def _learns(phase: PhaseTable, table: RuleTable) -> bool:
    """Return whether any projection of a rule learns in a phase."""
    if isinstance(phase.learn, bool) or table.projections == "all":
        return bool(phase.learn)
    return not set(phase.learn).isdisjoint(table.projections)


def _names(phases: Sequence[PhaseTable]) -> str:
    return ", ".join(f'"{phase.name}"' for phase in phases)


# ---- feedback ------------------------------------------------------------------------------------------------------


def check_feedback(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the units whose feedback is read have one, and that it has a source."""
    nudged = None if settings.target is None else settings.target.population
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        if rule is not None and rule.reads("feedback"):
            yield from _check_feedback(circuit, learning_by(table, circuit), rule, nudged, f"{key}.name")


def _check_feedback(
    circuit: Circuit, learning: Iterable[Projection], rule: Rule, nudged: str | None, key: str
) -> Iterator[Mistake]:
    for path in dict.fromkeys(path for p in learning for path in feedback_read(p, rule)):
        model = circuit.models[path]
        if not model.feedback:
            wrong = f'"{rule.name}" reads feedback, but {path} ("{model.name}") has none'
            models = ", ".join(name for name, each in NEURONS.items() if each.feedback)
            allowed = f"neuron models with feedback: {models}"
            yield Mistake(key, wrong, show(rule.name), allowed, _without(rule))
        elif path != nudged and not _reached(circuit, path, model.feedback):
            wrong = f'"{rule.name}" reads feedback, but no top-down projection provides it to {path}'
            found = ", ".join(p.name for p in circuit.projections if p.target == path)
            suggestion = "Add one to the circuit, or choose a rule that needs none."
            yield Mistake(key, wrong, f"only {found}", suggestion=suggestion)


def feedback_read(projection: Projection, rule: Rule) -> Iterator[str]:
    """Yield the populations whose feedback the rule reads at a projection."""
    changes = rule.along(projection.pathway).changes
    others = (*rule.broadcasts.values(), *rule.modulators.values(), *(memory.of for memory in rule.memories))
    if any("feedback" in text for text in (*(change.post for change in changes), *others)):
        yield projection.target
    if any("feedback" in change.pre for change in changes):
        yield projection.source


def _reached(circuit: Circuit, path: str, feedback: str) -> bool:
    """Return whether a projection is top-down, or writes into the variable that brings feedback."""
    onto = [p for p in circuit.projections if p.target == path]
    texts = (circuit.synapses[p.synapse].on_pre + circuit.synapses[p.synapse].transmit for p in onto)
    return any(p.pathway == "top_down" for p in onto) or any(f"{feedback}_post" in text for text in texts)


def _without(rule: Rule) -> str:
    others = [n for n, each in RULES.items() if each.reads("activity_before") and not each.reads("feedback")]
    return f'Or learn by "{others[0]}", which reads spikes only.' if others and rule.name not in others else ""
