"""Check that tasks which follow each other can be told apart, and that their classes are there."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.checks.data import known_shape
from brainlearn.experiment.data_schema import TaskTable
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.stimuli import Shape


def check_sequence(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that tasks have their own names and choose classes that exist."""
    if not settings.sequence:
        return
    if settings.unit_classes is not None:
        wrong = "units get their classes from the last epoch only, and therefore only from its task"
        yield Mistake("unit_classes", wrong, "[unit_classes] and [[sequence]]", "one of them", "Leave one out.")
    if not settings.readout.test:
        wrong, hint = "every epoch tests all tasks of a sequence, by their items for the test", "Leave one out."
        yield Mistake("readout.test", wrong, "false, and [[sequence]]", "one of them", hint)
    first: dict[str, int] = {}
    for k, table in enumerate(settings.sequence):
        if table.name in first:
            wrong = f"the task sequence[{first[table.name]}] already has this name"
            yield Mistake(f"sequence[{k}].name", wrong, show(table.name), "another name")
        first.setdefault(table.name, k)
        yield from _check_names(table, f"sequence[{k}]")
        shape = known_shape(settings.dataset if table.dataset is None else table.dataset)
        if shape is not None:
            yield from find_unfit_classes(table, f"sequence[{k}]", shape)


def _check_names(table: TaskTable, place: str) -> Iterator[Mistake]:
    """Check that every class that is chosen has one name."""
    classes, labels = table.classes, table.labels
    if labels is not None and classes is None:
        hint = f"Add classes = {list(range(len(labels)))}, or others."
        yield Mistake(f"{place}.labels", "the classes to rename are missing", show(labels), "", hint)
    elif labels is not None and classes is not None and len(labels) != len(classes):
        wrong = f"there are {len(classes)} classes"
        yield Mistake(f"{place}.labels", wrong, f"{len(labels)} labels", "one for each class")
    if classes is not None and len(set(classes)) < len(classes):
        yield Mistake(f"{place}.classes", "a class is named twice", show(classes), "every class once")


def find_unfit_classes(table: TaskTable, place: str, shape: Shape) -> Iterator[Mistake]:
    """Yield classes and labels of a task that its dataset does not have.

    Parameters
    ----------
    table : TaskTable
    place : str
        Its key.
    shape : Shape
        Of its dataset.
    """
    for key in ("classes", "labels"):
        chosen = getattr(table, key)
        if chosen is None:
            continue
        if shape.wanted.values:
            wrong = f'dataset "{shape.name}" has continuous targets, not classes'
            yield Mistake(f"{place}.{key}", wrong, show(chosen), suggestion="Leave it out.")
        elif strange := [each for each in chosen if each >= shape.classes]:
            wrong = f'dataset "{shape.name}" has {shape.classes} classes'
            yield Mistake(f"{place}.{key}", wrong, show(strange[0]), f"0 to {shape.classes - 1}")
