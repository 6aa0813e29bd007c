"""What has to be there before a run begins: data that fit the circuit, and an empty record."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
from pathlib import Path

import numpy as np

from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.record import RunRecord
from brainlearn.stimuli import Dataset, Split, load_dataset, split_validation

LIBRARIES = ("brainlearn", "brian2", "numpy", "scipy", "numba", "xarray", "scikit-learn", "torch")


def load_data(experiment: Experiment, data: str | Path | None) -> tuple[Dataset, Split]:
    """Load the experiment's dataset and set validation items apart."""
    settings = experiment.settings
    dataset = load_dataset(settings.dataset.name, None if data is None else Path(data), settings.dataset.seed)
    check_fit(experiment, dataset)
    rng = np.random.default_rng([settings.seed, 0])
    return dataset, split_validation(dataset, settings.dataset.validation, settings.training.samples, rng)


def check_fit(experiment: Experiment, dataset: Dataset) -> None:
    """Compare the stimulus populations with the dataset."""
    settings, stimulus, circuit = experiment.settings, experiment.settings.stimulus, experiment.circuit
    wanted = [("stimulus.image", stimulus.image, dataset.images.shape[1], "pixels")]
    if settings.target is not None:
        wanted.append(("target.population", settings.target.population, dataset.classes, "classes"))
    elif settings.shows_labels and stimulus.label is not None and not stimulus.embed_label:
        wanted.append(("stimulus.label", stimulus.label, dataset.classes, "classes"))
    mistakes = [
        Mistake(
            f"{experiment.path}: {key}",
            f'dataset "{dataset.name}" does not fit the population',
            f"{path} has {circuit.population(path).size} units",
            f"{size} units, one for each of the {kind}",
            f'Write [sizes] "{path}" = {size}.',
        )
        for key, path, size, kind in wanted
        if circuit.population(path).size != size
    ]
    if settings.shows_labels and settings.training.copies < dataset.classes:
        found = str(experiment.settings.training.copies)
        wrong = "too few copies to show an image with every label"
        mistakes.append(Mistake(f"{experiment.path}: training.copies", wrong, found, f"{dataset.classes} or more"))
    short = settings.readout.short_list
    if short is not None and short > dataset.classes:
        wrong = "the short list is longer than the list of all labels"
        mistakes.append(Mistake(f"{experiment.path}: readout.short_list", wrong, str(short), f"2 to {dataset.classes}"))
    if mistakes:
        raise UserError(*mistakes)


def start_record(experiment: Experiment, dataset: Dataset, engine: str, rule: str) -> RunRecord:
    """Return a record of what is about to be done."""
    settings = experiment.settings
    return RunRecord(
        experiment=settings.name,
        circuit=experiment.circuit.name,
        dataset=dataset.name,
        rule=rule,
        engine=engine,
        seed=settings.seed,
        settings=settings.model_dump_json(exclude_unset=True, fallback=str),
        circuit_text=experiment.circuit_text,
        versions=versions(),
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
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
