"""Arrays of a script: weights, and values of units, as they were given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import ms

from brainlearn import Area, Circuit, Neuron, Population, Projection, UserError, load_circuit
from brainlearn.circuit import unit_values, wire
from tests.docs.markdown import ROOT

WEIGHTS = np.array([[0.5, 0.0, 0.1], [0.0, 0.25, 0.2]])  # (pre, post)
TAUS = np.array([5.0, 10.0, 20.0]) * ms


def circuit(weights: Any = WEIGHTS, taus: Any = TAUS, **said: Any) -> Circuit:
    areas = [
        Area("input", 0, [Population("P", "spike_train", size=2)]),
        Area("V1", 1, [Population("E", "lif_delta", size=3, parameters={"tau_membrane": taus})]),
    ]
    return Circuit("small", "1 ms", areas, [Projection("input/P", "V1/E", "bottom_up", "delta", weights)], **said)


def test_weights_are_those_of_the_array_and_zeros_are_no_synapses() -> None:
    wiring = wire(circuit(), seed=3)["input/P->V1/E"]
    assert np.array_equal(wiring.weights, WEIGHTS)
    assert np.array_equal(wiring.mask, WEIGHTS != 0)


def test_every_unit_has_its_value_of_the_array() -> None:
    found = unit_values(circuit(), "V1/E", copies=1, seed=0)["tau_membrane"]
    np.testing.assert_allclose(found[0], [5e-3, 10e-3, 20e-3])


def test_an_array_without_a_unit_is_refused_where_one_is_needed() -> None:
    with pytest.raises(UserError, match="tau_membrane"):
        circuit(taus=np.array([5e-3, 10e-3, 20e-3]))


def test_a_model_takes_arrays_of_initial_values() -> None:
    cell = Neuron("lif_delta", initial={"v": np.array([0.1, 0.2])})
    made = Circuit("small", "1 ms", [Area("V1", 1, [Population("E", "cell", size=2)])], neurons={"cell": cell})
    assert np.array_equal(unit_values(made, "V1/E", copies=1, seed=0)["v"], [[0.1, 0.2]])


def test_arrays_are_saved_with_the_circuit(tmp_path: Path) -> None:
    circuit().save(tmp_path / "circuit.toml")
    read = load_circuit(tmp_path / "circuit.toml")
    assert read == circuit()
    assert np.array_equal(wire(read, seed=0)["input/P->V1/E"].weights, WEIGHTS)


def test_circuits_with_other_arrays_differ() -> None:
    assert circuit() != circuit(weights=2 * WEIGHTS)


def test_a_circuit_of_the_parts_of_another_has_its_arrays() -> None:
    first = circuit()
    second = Circuit("other", first.dt, first.areas, first.projections, first.neurons)
    assert np.array_equal(wire(second, seed=0)["input/P->V1/E"].weights, WEIGHTS)


def test_arrays_lie_beside_a_circuit_whose_path_is_given(tmp_path: Path) -> None:
    circuit(path=str(tmp_path / "mine.toml"))
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_an_array_of_another_shape_is_named_with_its_place() -> None:
    with pytest.raises(UserError) as caught:
        circuit(weights=WEIGHTS.T)
    (mistake,) = caught.value.mistakes
    assert mistake.where == 'circuit "small": projection "input/P->V1/E": weights'
    assert (mistake.found, mistake.allowed) == ("(3, 2)", "(2, 3), (pre, post)")


def test_the_folder_of_arrays_ends_with_the_process() -> None:
    script = "from brainlearn.circuit.declared_arrays import session_folder as f; print(f()); assert f().is_dir()"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip()
    assert not Path(done.stdout.strip()).exists()
