"""The graded twin keeps the wiring and loses the spikes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import Circuit
from brainlearn.circuit.graded_twin import depth, graded_twin
from brainlearn.circuit.wiring import wire

CIRCUITS = Path(__file__).parents[2] / "circuits"


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    return load_circuit(CIRCUITS / "temporal_difference.toml")


def test_nothing_spikes_and_the_weights_stay(circuit: Circuit):
    twin = graded_twin(circuit, ["IT/class"])
    assert not any(neuron.threshold for neuron in twin.neurons.values())
    for name, wiring in wire(circuit, 3).items():
        np.testing.assert_array_equal(wire(twin, 3)[name].weights, wiring.weights)


def test_only_outputs_are_not_rectified(circuit: Circuit):
    twin = graded_twin(circuit, ["IT/class"])
    models = {p.path: twin.neurons[p.neuron] for p in twin.populations}
    assert {path: model.name for path, model in models.items()} == {
        "retina/image": "graded_stimulus",
        "V1/E": "graded",
        "IT/class": "graded_output",
    }
    assert "clip" in models["V1/E"].equations
    assert "clip" not in models["IT/class"].equations


def test_without_outputs_every_unit_is_rectified(circuit: Circuit):
    assert {p.neuron for p in graded_twin(circuit).populations} == {"graded", "graded_stimulus"}


def test_an_image_takes_one_step_to_each_level(circuit: Circuit):
    assert depth(graded_twin(circuit)) == 2


def test_a_circuit_without_spikes_is_its_own_twin():
    graded = load_circuit(CIRCUITS / "graded_three_areas.toml")
    assert graded_twin(graded) is graded
