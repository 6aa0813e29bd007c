"""What has to be there before a run begins: data that fit the circuit, and an empty record."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
from dataclasses import replace
from pathlib import Path

import numpy as np

from brainlearn.experiment.checks.data import find_misfits
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import UserError
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
    """Compare circuit and settings with the dataset as it was read."""
    found = find_misfits(experiment.settings, experiment.circuit, dataset.shape)
    mistakes = [replace(mistake, where=f"{experiment.path}: {mistake.where}") for mistake in found]
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
