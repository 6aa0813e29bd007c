"""An experiment whose units differ: it learns, is compared and recorded, and its folder says all to run it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn.circuit.unit_values import unit_values
from brainlearn.experiment import load_experiment
from brainlearn.results.store import load_run
from brainlearn.running import run_to_folder
from tests.experiment.targets import CIRCUITS, TARGETS

SHIPPED = (CIRCUITS / "temporal_difference.toml").read_text(encoding="utf-8")
BUILT_IN = 'parameters = { tau_apical = "1 ms" }'
OWN = """parameters = { tau_apical = { distribution = "uniform", low = "0.8 ms", high = "1.6 ms", each_copy = true } }
initial = { v = { distribution = "file", file = "onset.npz" } }"""
CHANGES = [
    "training.samples=100",
    "training.copies=25",
    'baselines.backprop_through_time={surrogate="arctan", epochs=1}',
    'alignment={surrogate="arctan", epochs=[1]}',
    'weights."retina/image->V1/E"={ distribution = "lognormal", mean = 0.05, sd = 0.05 }',
]


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    assert BUILT_IN in SHIPPED
    (tmp_path / "circuit.toml").write_text(SHIPPED.replace(BUILT_IN, OWN), encoding="utf-8")
    np.savez(tmp_path / "onset.npz", v=np.linspace(0, 0.5, 40))
    path = tmp_path / "experiment.toml"
    path.write_text(TARGETS.replace(f"{CIRCUITS}/temporal_difference.toml", "circuit.toml"), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_run_learns_and_can_be_run_again_from_its_folder(experiment: Path, tmp_path: Path) -> None:
    first = run_to_folder(load_experiment(experiment, CHANGES), tmp_path / "run")
    again = run_to_folder(load_experiment(tmp_path / "run" / "experiment.toml"), tmp_path / "again")
    for name, weights in first.record.weights.items():
        assert (weights.final != weights.initial).any()
        np.testing.assert_array_equal(again.record.weights[name].final, weights.final)
    assert all(0 <= angle < 90 for each in first.record.alignments for angle in np.ravel(list(each.angle.values())))
    values = load_run(tmp_path / "run")["unit_values/V1.E"]
    expected = unit_values(load_experiment(experiment).circuit, "V1/E", 25, 1)
    np.testing.assert_array_equal(values["tau_apical"], expected["tau_apical"])
    np.testing.assert_array_equal(values["v"], np.linspace(0, 0.5, 40))
    run_to_folder(load_experiment(experiment, CHANGES), tmp_path / "mirrored", baseline="backprop_through_time")
    mirrored = load_run(tmp_path / "mirrored")["unit_values/V1.E"]
    np.testing.assert_array_equal(mirrored["tau_apical"][:25], expected["tau_apical"][: len(mirrored["copy"])])
