"""Recurrent circuits with the label above learn digits: by greatest and by least activity, graded and spiking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brainlearn.experiment import load_experiment
from brainlearn.running.conduct import run_record
from brainlearn.tasks.answers import error_percent
from brainlearn.training.progress import Silent

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
GRADED = EXPERIMENTS / "14_forward_forward_recurrent_graded" / "experiment.toml"
SPIKING = EXPERIMENTS / "15_forward_forward_recurrent_spiking" / "experiment.toml"
SMALL = {
    "dataset.name": "digits",
    "dataset.validation": 0,
    "sizes": {"retina/image": [8, 8], "V1/E": 50, "V2/E": 50},
    "training.epochs": 5,
    "training.copies": 150,
    "training.samples": 900,
    "rule.updates": [{"name": "adam", "size": 0.01}],
    "baselines": {},
}
VARIANTS: dict[str, tuple[Path, dict[str, Any]]] = {
    "graded, greatest": (GRADED, {"rule.parameters.sense": 1}),
    "graded, least": (GRADED, {"rule.parameters.sense": -1}),
    "spiking": (SPIKING, {}),
}


LEARNED = [
    pytest.param(*each, id=name, marks=() if name == "spiking" else [pytest.mark.slow])
    for name, each in VARIANTS.items()
]


@pytest.mark.parametrize(("path", "changes"), LEARNED)
def test_a_recurrent_circuit_learns_digits(path, changes):
    record = run_record(load_experiment(path, SMALL | changes), None, Silent())
    assert record.test is not None
    assert error_percent(record.test.prediction, record.test.label) < 35  # chance is 90
    last = record.epochs[-1]
    for area in ("V1/E", "V2/E"):  # graded, V1 hears of the label only through V2
        told_apart = last.goodness_positive[area] - last.goodness_negative[area]
        assert told_apart > 0.1 * abs(last.goodness_negative[area])
