"""Check that the dataset is there, and that circuit, copies and readouts fit its images and classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.checks.over_time import find_over_time
from brainlearn.experiment.data_schema import DatasetTable
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake
from brainlearn.stimuli import DATASETS, Shape


def check_dataset(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that there is such a dataset, and that settings of the user's data come with such data."""
    for place, table in settings.dataset_tables.items() if settings.environment is None else ():
        yield from _check_table(place, table)


def _check_table(place: str, table: DatasetTable) -> Iterator[Mistake]:
    if table.file is None:
        if table.name not in DATASETS:
            yield unknown(f"{place}.name", "dataset", table.name, DATASETS)
        for key in ("test", "range", "labels"):
            if key in table.model_fields_set:
                said = show(getattr(table, key))
                yield Mistake(f"{place}.{key}", "this key applies only to data from a file", said, "", "Leave it out.")
    if table.range is not None and not table.range[0] < table.range[1]:
        yield Mistake(f"{place}.range", "no range", show(table.range), "[LOW, HIGH], the lower value first")


def check_wrong_labels(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that wrong labels do not decide which items a task of a sequence has."""
    for place, table in settings.dataset_tables.items() if settings.sequence else ():
        if table.wrong_labels:
            wrong, found = "tasks of a sequence choose items by their true labels", show(table.wrong_labels)
            yield Mistake(f"{place}.wrong_labels", wrong, found, "0 with [[sequence]]", "Leave it out.")


def check_sizes(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the circuit fits the dataset, as far as it is known before it is read."""
    for place, table in settings.dataset_tables.items() if settings.environment is None else ():
        if (shape := known_shape(table)) is not None:
            yield from find_misfits_at(place, settings, circuit, shape)


def known_shape(table: DatasetTable) -> Shape | None:
    """Return what is known of a dataset before it is read."""
    known = DATASETS.get(table.name) if table.file is None else None
    return None if known is None else known.shape


def find_misfits_at(place: str, settings: ExperimentFile, circuit: Circuit, shape: Shape) -> Iterator[Mistake]:
    """As `find_misfits`, for the dataset of the table at a key."""
    own = settings.model_copy(update={"dataset": settings.dataset_tables[place]})
    for mistake in find_misfits(own, circuit, shape):
        at = mistake.where
        yield replace(mistake, where=f"{place}{at.removeprefix('dataset')}" if at.startswith("dataset.") else at)


def find_misfits(settings: ExperimentFile, circuit: Circuit, shape: Shape) -> Iterator[Mistake]:
    """Yield a mistake for each number of the file or of the circuit that does not fit a dataset.

    Parameters
    ----------
    settings : ExperimentFile
    circuit : Circuit
    shape : Shape
        Of the dataset.
    """
    stimulus = settings.stimulus
    wanted = [("stimulus.image", stimulus.image, shape.pixels, 1, "pixels")]
    if settings.target is not None:
        kind = "values" if shape.wanted.values else "classes"
        each = settings.target.units_per_class
        wanted.append(("target.population", settings.target.population, shape.classes, each, kind))
    elif settings.shows_labels and stimulus.label is not None and not stimulus.embed_label:
        wanted.append(("stimulus.label", stimulus.label, shape.classes, 1, "classes"))
    if settings.completion is not None:
        wanted.append(("completion.population", settings.completion.population, shape.classes, 1, "classes"))
    sizes = {p.path: p.size for p in circuit.populations}
    stimuli = {p.path for p in circuit.populations if circuit.models[p.path].kind == "stimulus"}
    for key, path, count, each, kind in wanted:
        size = count * each
        right_kind = (path in stimuli) == key.startswith("stimulus")  # or else the place has its mistake already
        if right_kind and sizes.get(path, size) != size:
            wrong, found = f'dataset "{shape.name}" does not fit the population', f"{path} has {sizes[path]} units"
            allowed = f"{size} units, {'one' if each == 1 else each} for each of the {kind}"
            yield Mistake(key, wrong, found, allowed, f'Write [sizes] "{path}" = {size}.')
    yield from find_over_time(settings, circuit, shape)
    yield from _check_classes(settings, shape)
    yield from _check_label_noise(settings, shape)
    if shape.items is not None:
        yield from _check_items(settings, shape, shape.items)


def _check_classes(settings: ExperimentFile, shape: Shape) -> Iterator[Mistake]:
    copies, short, candidates = settings.training.copies, settings.readout.short_list, settings.negatives.candidates
    if settings.contrasts and settings.shows_labels and settings.parts <= copies < shape.classes:
        wrong = "too few copies to show an image with each label"
        yield Mistake("training.copies", wrong, str(copies), f"{shape.classes} or more")
    if settings.contrasts and settings.negatives.kind == "by_goodness" and candidates >= shape.classes:
        wrong = f"of {shape.classes} labels, {shape.classes - 1} are false"
        allowed = f"2 to {shape.classes - 1}" if shape.classes > 2 else ""
        hint = "" if allowed else 'Choose negatives.kind = "random": there is one false label.'
        yield Mistake("negatives.candidates", wrong, str(candidates), allowed, hint)
    if short is not None and short > shape.classes:
        wrong = "the short list is longer than the list of all labels"
        yield Mistake("readout.short_list", wrong, str(short), f"2 to {shape.classes}")


def _check_label_noise(settings: ExperimentFile, shape: Shape) -> Iterator[Mistake]:
    fraction = settings.dataset.wrong_labels
    if fraction and (shape.wanted.values or shape.classes < 2):
        reason = "continuous targets" if shape.wanted.values else "a single class"
        wrong = f'dataset "{shape.name}" has {reason}, so no label can be wrong'
        yield Mistake("dataset.wrong_labels", wrong, show(fraction), "0", "Leave it out.")


def _check_items(settings: ExperimentFile, shape: Shape, items: int) -> Iterator[Mistake]:
    """Check that enough items are left to learn from."""
    validation = settings.dataset.validation
    rest = items - validation
    if rest < 1:
        wrong = f'dataset "{shape.name}" has {items} training items, which leaves none for training'
        yield Mistake("dataset.validation", wrong, str(validation), f"0 to {items - 1}")
        return
    samples = rest if settings.training.samples is None else settings.training.samples
    if samples > rest:
        wrong = f'dataset "{shape.name}" has {items} training items, of which {validation} are reserved for validation'
        yield Mistake("training.samples", wrong, str(samples), f"1 to {rest}")


def check_copies(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that every presentation of an item has a copy."""
    parts = settings.parts
    if settings.training.copies < parts:
        wrong = f"training.copies is {settings.training.copies}; {parts} presentations of an item need {parts}"
        yield Mistake("training.copies", wrong, str(settings.training.copies), f"{parts} or more")
