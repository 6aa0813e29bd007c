"""Weights from a file: read as they are, and whatever is wrong with them is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn.circuit import load_circuit, wire
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running import preparation, run_to_folder
from tests.experiment.tiny_runs import few_items, tiny

NAME = "V1/E->V2/E"


@pytest.fixture
def circuit(tmp_path: Path) -> Path:
    """A circuit file in which one projection has its weights in a file, (12, 9)."""
    tiny(tmp_path, "poisson")
    path = tmp_path / "circuit.toml"
    drawn = 'delay = "2 ms"\nweights = { distribution = "normal", sd = 2.0, per_input = true }'
    text = path.read_text()
    assert drawn in text
    path.write_text(text.replace(drawn, 'delay = "2 ms"\nweights = { distribution = "file", file = "learned.npz" }'))
    save(path, np.arange(108.0).reshape(12, 9))
    return path


def save(circuit: Path, weights: np.ndarray, name: str = NAME) -> None:
    np.savez(circuit.with_name("learned.npz"), **{name: weights})


SIZES = {"V1/E": 12, "V2/E": 9}


def test_weights_are_those_of_the_file_whatever_the_seed(circuit: Path) -> None:
    loaded = load_circuit(circuit, SIZES)
    for seed in (0, 1):
        assert np.array_equal(wire(loaded, seed)[NAME].weights, np.arange(108.0).reshape(12, 9))


@pytest.mark.parametrize(
    ("weights", "name", "said"),
    [
        (np.ones((9, 12)), NAME, r"V1/E->V2/E has another shape; found \(9, 12\); allowed: \(12, 9\), \(pre, post\)"),
        (np.full((12, 9), np.nan), NAME, "not finite"),
        (np.ones((12, 9)), "V1/E->V2", 'no such array; found V1/E->V2/E; .*Did you mean "V1/E->V2"'),
        (np.array([[object()]]), NAME, "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(circuit: Path, weights: np.ndarray, name: str, said: str) -> None:
    save(circuit, weights, name)
    with pytest.raises(UserError, match=rf"projections\[2\].*{said}"):
        load_circuit(circuit, SIZES)


def test_a_missing_and_a_damaged_file_are_named(circuit: Path) -> None:
    circuit.with_name("learned.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="cannot be read"):
        load_circuit(circuit, SIZES)
    circuit.with_name("learned.npz").unlink()
    with pytest.raises(UserError, match="no such file"):
        load_circuit(circuit, SIZES)


def test_weights_of_the_wrong_sign_are_a_mistake(circuit: Path) -> None:
    circuit.write_text(
        circuit.read_text().replace('name = "E", size = 12', 'name = "E", sign = "inhibitory", size = 12')
    )
    with pytest.raises(UserError, match="Dale conflict"):
        load_circuit(circuit, SIZES)


def test_a_file_elsewhere_is_refused(circuit: Path) -> None:
    circuit.write_text(circuit.read_text().replace('"learned.npz"', '"../learned.npz"'))
    with pytest.raises(UserError, match="file"):
        load_circuit(circuit, SIZES)


def test_a_run_folder_holds_the_weights_that_it_began_with(circuit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)
    save(circuit, np.full((12, 9), 0.125))
    folder = circuit.parent / "run"
    record = run_to_folder(load_experiment(circuit.with_name("experiment.toml"), ["training.epochs=1"]), folder).record
    assert (record.weights[NAME].initial == 0.125).all()
    again = load_experiment(folder / "experiment.toml").circuit
    assert (wire(again, 3)[NAME].weights == 0.125).all()
