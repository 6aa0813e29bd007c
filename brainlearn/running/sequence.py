"""The tasks of a sequence, loaded and compared with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from brainlearn.experiment.checks.sequence import find_unfit_classes
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.running.preparation import load_data
from brainlearn.stimuli import Dataset, Split, Turn


def load_turns(experiment: Experiment, data: str | Path | None, dataset: Dataset, split: Split) -> tuple[Turn, ...]:
    """Return the tasks of the experiment in their order; none if it has no sequence.

    Parameters
    ----------
    experiment : Experiment
    data : str or Path, optional
        Folder of the datasets.
    dataset, split
        Those of the experiment as a whole.

    Raises
    ------
    UserError
        If a dataset is missing or another shape than the first, or a task has no items to learn from or to be
        tested with.
    """
    settings = experiment.settings
    main = next(iter(settings.dataset_tables))
    loaded = {main: (dataset, split)}
    turns = []
    for k, (table, epochs) in enumerate(zip(settings.sequence, settings.epochs_of_tasks(), strict=False)):
        key = "dataset" if table.dataset is None else f"sequence[{k}].dataset"
        if key not in loaded:
            loaded[key] = load_data(experiment, data, key=key)
        classes, labels = (None if each is None else tuple(each) for each in (table.classes, table.labels))
        turns.append(Turn(table.name, *loaded[key], epochs, classes, labels, table.permute))
    found = [each for k, turn in enumerate(turns) for each in _misfits(experiment, k, turn, dataset)]
    if found:
        raise UserError(*(replace(each, where=f"{experiment.path}: {each.where}") for each in found))
    return tuple(turns)


def _misfits(experiment: Experiment, k: int, turn: Turn, first: Dataset) -> Iterator[Mistake]:
    """Yield the mistakes of a task that its data reveal."""
    place, shape = f"sequence[{k}]", turn.dataset.shape
    unfit = list(find_unfit_classes(experiment.settings.sequence[k], place, shape))
    yield from unfit
    if replace(shape, name="", items=None) != replace(first.shape, name="", items=None):
        wrong = f'dataset "{shape.name}" has another shape than "{first.name}", but all tasks share a circuit'
        kinds = [f"{each.pixels} pixels, {each.classes} classes" for each in (shape, first.shape)]
        yield Mistake(f"{place}.dataset", wrong, *kinds)
    elif not unfit:
        for what, items in (("learn from", turn.learned().train_labels), ("be tested with", turn.tested()[1])):
            if not len(items):
                wrong = f'the task "{turn.name}" has no items to {what}'
                yield Mistake(f"{place}.classes", wrong, str(list(turn.classes or ())))
