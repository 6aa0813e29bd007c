"""An experiment that is put together in Python is the one of a file: the same result, the same mistakes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import ms

import brainlearn
from brainlearn import Experiment, UserError, load_circuit, load_experiment
from tests.docs.markdown import ROOT

CIRCUIT = ROOT / "brainlearn" / "starter" / "circuit.toml"
TABLES: dict[str, Any] = {
    "seed": 1,
    "stimulus": {"image": "retina/image", "label": "retina/label", "label_strength": 3.0, "rms": 0.3},
    "phases": [{"name": "show", "duration": 12 * ms}],
    "rule": {"name": "forward_forward", "parameters": {"threshold": 0.06, "width": 0.001}},
    "training": {"epochs": 1, "copies": 40, "samples": 60},
}


def experiment(**tables: Any) -> Experiment:
    return Experiment("small", load_circuit(CIRCUIT), **TABLES | tables)


def test_what_is_saved_is_read_as_the_same_experiment(tmp_path: Path):
    said = experiment(sizes={"V1/E": 30}, weights={"retina/label->V1/E": {"distribution": "constant", "value": 0.1}})
    said.save(tmp_path / "experiment.toml")
    read = load_experiment(tmp_path / "experiment.toml")
    assert read.settings.model_dump(exclude={"circuit"}) == said.settings.model_dump(exclude={"circuit"})
    assert read.circuit == said.circuit
    assert read.circuit.population("V1/E").size == 30
    assert tomllib.loads(read.circuit_text) == tomllib.loads(said.circuit_text)


def test_an_experiment_shows_itself_in_one_line_and_as_a_table():
    said = experiment()
    assert repr(said) == 'Experiment "small": forward_forward on digits, 1 epoch, circuit "first_circuit"'
    assert '<th style="text-align: left">phases[0].duration</th>' in said._repr_html_()
    assert ">12 ms</td>" in said._repr_html_()
    assert "&lt;b&gt;" in experiment(about={"question": "<b>"})._repr_html_()


def test_mistakes_are_those_of_a_file_and_come_at_once():
    with pytest.raises(UserError) as raised:
        experiment(rule={"name": "forward_foward"}, training={"epoch": 1}, readouts={})
    found = sorted(mistake.where for mistake in raised.value.mistakes)
    assert found == [
        f'experiment "small": {key}' for key in ("readouts", "rule.name", "training.epoch", "training.epochs")
    ]


@pytest.mark.slow
def test_a_run_from_python_is_that_of_the_files(tmp_path: Path):
    said = experiment()
    said.save(tmp_path / "experiment.toml")
    one, other = brainlearn.run(said), brainlearn.run(load_experiment(tmp_path / "experiment.toml"))
    np.testing.assert_array_equal(one["test"].ds["prediction"], other["test"].ds["prediction"])
    kept = brainlearn.run(said, folder=tmp_path / "run")
    np.testing.assert_array_equal(one["test"].ds["prediction"], kept["test"].ds["prediction"])
    assert load_experiment(tmp_path / "run" / "experiment.toml").circuit == said.circuit
    assert (tmp_path / "run" / "report.html").is_file()


def letters(classes: int = 2) -> brainlearn.Dataset:
    rng = np.random.default_rng(1)
    labels = np.arange(60) % classes
    return brainlearn.Dataset.from_arrays(rng.random((60, 64)), labels, name="letters", test=0.2)


def test_an_experiment_takes_a_dataset_of_arrays_and_is_run_with_it(tmp_path: Path):
    said = experiment(dataset=letters(), sizes={"retina/label": 2}, training={"epochs": 1, "copies": 12})
    tree = brainlearn.run(said)
    assert tree.attrs["dataset"] == "letters"
    assert tree["test"].sizes["presentation"] == 12
    said.save(tmp_path / "experiment.toml")
    again = brainlearn.run(load_experiment(tmp_path / "experiment.toml"))
    assert np.array_equal(again["test"]["prediction"], tree["test"]["prediction"])


def test_a_dataset_of_arrays_is_compared_with_the_circuit_at_once():
    with pytest.raises(UserError, match=r'"letters" does not fit the population.*10 units.*2 units'):
        experiment(dataset={"arrays": letters(), "validation": 10})
