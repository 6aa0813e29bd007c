"""Check that units can get classes from what they fire for, where an experiment asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_unit_classes(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the population exists, that nothing else decides the answer, and that it is read while images show."""
    if settings.unit_classes is None:
        return
    path = settings.unit_classes.population
    areas = [p.path for p in circuit.populations if circuit.models[p.path].kind != "stimulus"]
    if path not in areas:
        yield unknown("unit_classes.population", "population", path, areas)
    if settings.target is not None:
        wrong = "with [target], the outputs answer, so units need no class"
        yield Mistake("unit_classes", wrong, "[target] and [unit_classes]", "one of them", "Leave one out.")
    if settings.alignment is not None:
        wrong = "angles to the gradient are not measured where units get classes afterwards"
        yield Mistake("alignment", wrong, suggestion="Leave it out.")
    for k, phase in enumerate(settings.phases):
        if phase.answer is not False and (phase is not settings.phases[-1] or phase.answer is not True):
            wrong = f"the answer is the activity of units during the whole last phase, {show(settings.phases[-1].name)}"
            yield Mistake(f"phases[{k}].answer", wrong, show(phase.answer), "false")
    if not settings.phases[-1].show:
        wrong = "no stimulus is shown in the last phase, in which the activity of units is counted"
        hint = "Put the blank phase first: it follows the previous presentation."
        yield Mistake(f"phases[{len(settings.phases) - 1}].show", wrong, "false", "true", hint)
