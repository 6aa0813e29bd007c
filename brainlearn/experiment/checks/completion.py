"""See that a circuit can learn images with labels and complete images without one, where an experiment asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake

OTHERS = ("target", "unit_classes")
COMPARED = ("baselines", "alignment")


def check_completion(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that nothing else decides the answer, that the label has a stimulus of its own, and that times fit."""
    table = settings.completion
    if table is None:
        return
    yield from _check_alone(settings)
    for key in ("settle", "duration"):
        time = getattr(table, key)
        steps = time.value / circuit.dt.value
        if steps < 1 - 1e-6 or abs(steps - round(steps)) > 1e-6:
            wrong, allowed = "does not fit the time step", f"a multiple of dt = {circuit.dt.text}"
            yield Mistake(f"completion.{key}", wrong, time.text, allowed)
    for k, phase in enumerate(settings.phases):
        if phase.answer is not False:
            wrong = "with [completion], the answer is read in a presentation of its own"
            yield Mistake(f"phases[{k}].answer", wrong, show(phase.answer), "false", "Leave it out.")


def _check_alone(settings: ExperimentFile) -> Iterator[Mistake]:
    """See that nothing else decides the answer, and that the label can be left out."""
    for other in OTHERS:
        if getattr(settings, other) is not None:
            wrong = "labels are a part of what is generated, so nothing else gives the answer"
            yield Mistake("completion", wrong, f"[completion] and [{other}]", "one of them", "Leave one out.")
    for other in COMPARED:
        if other in settings.model_fields_set and getattr(settings, other):
            yield Mistake(other, "circuits that sample have no gradient in the mirror", suggestion="Leave it out.")
    if settings.stimulus.embed_label:
        wrong = "an image without its label must be shown, but the label is in its first pixels"
        hint = "Give the label a stimulus population of its own: stimulus.label."
        yield Mistake("stimulus.embed_label", wrong, "true", "false", hint)


def check_sleep(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that a rule that learns with one sign and unlearns with the other finds phases of both."""
    if settings.completion is None:
        return
    signs = {phase.polarity for phase in settings.phases if phase.learn}
    for key, table in settings.rule_tables.items():
        rule = rule_of(table)
        if rule is not None and rule.reads("polarity") and len(signs) == 1:
            found = f"polarity = {signs.pop()} in all phases that learn"
            wrong = f'"{rule.name}" learns from the difference of wake and sleep'
            hint = "Add a phase with show = false, reset = false and polarity = -1."
            yield Mistake("phases", wrong, found, f"1 in some, -1 in others: {key}", hint)
            return
