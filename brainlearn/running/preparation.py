"""What a run needs before it starts: data that fit the circuit, and an empty record."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from brainlearn.experiment.checks.data import find_misfits_at
from brainlearn.experiment.data_schema import DatasetTable
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.record import RunRecord
from brainlearn.results.run_folder import DATA
from brainlearn.stimuli import (
    DATASETS,
    Choices,
    Dataset,
    OwnData,
    Split,
    load_dataset,
    load_own_data,
    split_validation,
    with_wrong_labels,
)
from brainlearn.training.course import Course

LIBRARIES = ("brainlearn", "brian2", "numpy", "scipy", "numba", "xarray", "scikit-learn", "torch")


def load_data(
    experiment: Experiment, data: str | Path | None, given: Dataset | None = None, key: str = ""
) -> tuple[Dataset, Split]:
    """Load a dataset of the experiment, or take the given one, and set validation items apart.

    Parameters
    ----------
    experiment : Experiment
    data : str or Path, optional
    given : Dataset, optional
    key : str
        Of its table, as ``"sequence[1].dataset"``; default: that of the experiment as a whole.
    """
    if experiment.settings.environment is not None:
        return without_items(experiment, given)
    tables = experiment.settings.dataset_tables
    key = key or next(iter(tables))
    if given is not None and key != "dataset":
        wrong = "every task of the sequence has its own dataset, so none uses the given one"
        raise UserError(Mistake(f"{experiment.path}: {key}", wrong, tables[key].name, "nothing in one task"))
    dataset = load(asked_data(experiment, data, key)) if given is None else given
    check_fit(experiment, dataset, key)
    if not experiment.settings.readout.test:
        dataset = without_test(dataset)
    return dataset, _split(experiment, dataset, tables[key])


def _split(experiment: Experiment, dataset: Dataset, table: DatasetTable) -> Split:
    """Set validation items apart, and give those to learn from the wrong labels that the experiment asks for."""
    settings = experiment.settings
    rng = np.random.default_rng([settings.seed, 0])
    split = split_validation(dataset, table.validation, settings.training.samples, rng)
    if not table.wrong_labels:
        return split
    return with_wrong_labels(split, dataset.classes, table.wrong_labels, np.random.default_rng([settings.seed, 10]))


def without_test(dataset: Dataset) -> Dataset:
    """Return a dataset without its test items: without them, nothing can be chosen by them."""
    return replace(dataset, test_images=dataset.test_images[:0], test_labels=dataset.test_labels[:0])


def without_items(experiment: Experiment, given: Dataset | None) -> tuple[Dataset, Split]:
    """Return empty data, for a circuit that acts in an environment."""
    assert experiment.settings.environment is not None
    if given is not None:
        wrong = "the circuit acts in an environment, which needs no dataset"
        raise UserError(Mistake(f"{experiment.path}: environment", wrong, given.name, "nothing"))
    images, labels = np.zeros((0, 1), dtype=np.float32), np.zeros(0, dtype=np.int64)
    nothing = Dataset(experiment.settings.environment.name, images, labels, images, labels, 1, (1, 1))
    return nothing, Split(images, labels, images, labels)


@dataclass(frozen=True)
class Asked:
    """A request for data: equal requests give equal data.

    Parameters
    ----------
    name : str
        Of a dataset, or of the user's data.
    seed : int
    own : OwnData or None
        None for a dataset of the table.
    where : str
        The key that names one's own, for mistakes.
    folder : Path or None
        Of all data.
    """

    name: str
    seed: int
    own: OwnData | None
    where: str
    folder: Path | None


def asked_data(experiment: Experiment, data: str | Path | None, key: str = "dataset") -> Asked:
    """Return which data an experiment asks for in the table at a key, with the folder of all data."""
    table, folder = experiment.settings.dataset_tables[key], None if data is None else Path(data)
    if table.file is None:
        return Asked(table.name, table.seed, None, "", folder)
    asked_range = None if table.range is None else (table.range[0], table.range[1])
    frame = experiment.settings.stimulus.frame or experiment.circuit.dt
    choices = Choices(table.test, asked_range, table.labels == "names", table.seed, frame.value)
    own = OwnData(_not_built_in(table.name), table.file, choices)
    return Asked(table.name, table.seed, own, f"{experiment.path}: {key}.file", folder)


def load(asked: Asked) -> Dataset:
    """Read and check the data that an experiment asks for."""
    if asked.own is None:
        return load_dataset(asked.name, asked.folder, asked.seed)
    return load_own_data(asked.own, asked.where, asked.folder)


def _not_built_in(name: str) -> str:
    """Return what results call the user's data: never the bare name of a built-in dataset."""
    return f"{name} (own)" if name in DATASETS else name


def told_of(experiment: Experiment, dataset: Dataset) -> Experiment:
    """Return the experiment with a dataset that a script passes, which its run folder holds."""
    table = experiment.settings.dataset
    kept = table.model_dump(include={"validation", "seed"}) | table.model_dump(
        include={"wrong_labels"}, exclude_unset=True
    )
    own = DatasetTable.model_validate({"name": dataset.name, "file": DATA, **kept})
    data = {**experiment.data, "dataset": own.model_dump(exclude_unset=True)}
    settings = experiment.settings.model_copy(update={"dataset": own})
    return experiment.with_parts(settings=settings, data=data)


def check_fit(experiment: Experiment, dataset: Dataset, key: str = "dataset") -> None:
    """Compare circuit and settings with the dataset of the table at a key as it was read."""
    found = [*find_misfits_at(key, experiment.settings, experiment.circuit, dataset.shape)]
    found += _no_spikes(experiment, dataset)
    mistakes = [replace(mistake, where=f"{experiment.path}: {mistake.where}") for mistake in found]
    if mistakes:
        raise UserError(*mistakes)


def _no_spikes(experiment: Experiment, dataset: Dataset) -> Iterator[Mistake]:
    """Yield a mistake if spikes are to be shown, and the data are not spikes."""
    if experiment.settings.stimulus.encoding != "spikes":
        return
    for name, values in (("training", dataset.images), ("test", dataset.test_images)):
        if ((values != 0) & (values != 1)).any():
            wrong = f'dataset "{dataset.name}" holds no spikes in its items for the {name}'
            found = f"values from {values.min():g} to {values.max():g}"
            yield Mistake("stimulus.encoding", wrong, found, "0 and 1", "Use another encoding, or spike trains.")


def start_record(course: Course) -> RunRecord:
    """Return the record of a run that is about to start."""
    experiment, dataset, settings = course.experiment, course.dataset, course.experiment.settings
    learned = dict.fromkeys([dataset.name, *(turn.dataset.name for turn in course.turns)])
    return RunRecord(
        experiment=settings.name,
        circuit=experiment.circuit.name,
        dataset=" + ".join(learned),
        rule=course.learner.rule,
        engine=course.learner.engine,
        seed=settings.seed,
        settings=settings.model_dump_json(exclude_unset=True, fallback=str),
        circuit_text=experiment.circuit_text,
        versions=versions(),
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        dataset_sha256=course.data_sha256,
        class_names=dataset.class_names,
        notes=list(dataset.notes),
    )


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that compute."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
