"""Weights from a file: read as they are, and whatever is wrong with them is named."""

from __future__ import annotations

import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit, load_experiment
from brainlearn.circuit import wire
from brainlearn.mistakes import UserError
from brainlearn.running import preparation, run_to_folder
from tests.experiment.tiny_runs import few_items, tiny
from tests.time_limit import within

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
        (np.array([[object()]]), NAME, "does not hold numbers; found Python objects, which are not read for safety"),
        (np.array([["1"]]), NAME, "does not hold numbers; found values of type <U1"),
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


def test_a_huge_array_of_another_shape_is_refused_before_it_is_expanded(circuit: Path) -> None:
    with (
        zipfile.ZipFile(circuit.with_name("learned.npz"), "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{NAME}.npy", "w", force_zip64=True) as member,
    ):
        header = {"descr": "<f8", "fortran_order": False, "shape": (2**14, 2**14)}
        np.lib.format.write_array_header_1_0(member, header)  # type: ignore[arg-type]
        for _ in range(2**8):  # 256 MB of the 2 GB that the header speaks of
            member.write(bytes(2**20))
    tracemalloc.start()
    with pytest.raises(UserError, match=r"has another shape; found \(16384, 16384\)"):
        load_circuit(circuit, SIZES)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 64e6


def test_a_pipe_in_the_place_of_weights_is_refused_and_not_waited_for(circuit: Path) -> None:
    circuit.with_name("learned.npz").unlink()
    os.mkfifo(circuit.with_name("learned.npz"))
    with within(30, 0), pytest.raises(UserError, match="not a file"):
        load_circuit(circuit, SIZES)


def test_a_missing_file_is_named_beside_other_mistakes(circuit: Path) -> None:
    circuit.with_name("learned.npz").unlink()
    circuit.write_text(circuit.read_text().replace('pathway = "lateral"', 'pathway = "sideways"', 1))
    with pytest.raises(UserError) as raised:
        load_circuit(circuit, SIZES)
    assert {mistake.wrong for mistake in raised.value.mistakes} == {"no such file", "not one of the allowed words"}


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
