"""Every experiment file that is shipped learns the embedded digits when it is made small."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from brainlearn.experiment import load_experiment
from brainlearn.running.conduct import run_record
from brainlearn.tasks.answers import error_percent
from brainlearn.training.progress import Silent

FILES = sorted((Path(__file__).parents[2] / "experiments").glob("*/experiment.toml"))
# That on CIFAR-10 is in test_beside_backprop.py; spike trains are no digits: tests/training/test_over_time.py;
# receptive fields along a curve see no image; and what acts in an environment learns no items.
OTHERS = ("cifar10", "randman", "mnist_1d")
DATASETS = {path: tomllib.loads(path.read_text(encoding="utf-8")).get("dataset") for path in FILES}
DIGITS = [path for path, dataset in DATASETS.items() if dataset is not None and dataset["name"] not in OTHERS]
UNITS, EPOCHS = 100, 8


def small(path: Path) -> dict[str, Any]:
    """Return what makes an experiment small: digits, areas of at most 100 units, eight epochs, no angles."""
    experiment = load_experiment(path)
    image = experiment.settings.stimulus.image
    large = [p for p in experiment.circuit.populations if p.size > UNITS and p.path != image]
    sheet = experiment.circuit.population(image).sheet
    assert sheet is not None
    sizes: dict[str, Any] = {  # windows keep their size, so sheets shrink with the image
        p.path: [-(-side * 8 // whole) for side, whole in zip(p.sheet, sheet, strict=True)] if p.sheet else UNITS
        for p in large
    }
    changes: dict[str, Any] = {
        "dataset": {"name": "digits", "validation": 200},
        "sizes": {**sizes, image: [8, 8]},
        "training.epochs": EPOCHS,
        "training.samples": 1200,
        "training.copies": 50,
    }
    if experiment.settings.alignment:
        changes["alignment.epochs"] = []
    if experiment.settings.stimulus.shift:
        changes["stimulus.shift"] = 1  # two pixels of eight would leave little to see
    return changes


@pytest.mark.slow
@pytest.mark.parametrize("path", DIGITS, ids=lambda path: path.parent.name)
def test_it_learns_the_digits(path: Path) -> None:
    record = run_record(load_experiment(path, small(path)), None, Silent())
    assert record.test is not None
    assert error_percent(record.test.prediction, record.test.label) < 50.0  # chance leaves 90


@pytest.mark.slow
def test_receptive_fields_begin_to_know_curves() -> None:
    """In 8 of 200 epochs, from 1,200 of 3,500 curves."""
    path = next(path for path in FILES if path.parent.name == "27_mnist_1d")
    changes = {"training.epochs": EPOCHS, "training.samples": 1200, "training.copies": 50}
    record = run_record(load_experiment(path, changes), None, Silent())
    assert record.test is not None
    assert error_percent(record.test.prediction, record.test.label) < 75.0  # chance leaves 90
