"""Which circuit a baseline trains."""

from __future__ import annotations

from brainlearn.circuit import Circuit
from brainlearn.circuit.graded_twin import graded_twin
from brainlearn.experiment.schema import ExperimentFile

GRADED = "backprop"


def baseline_circuit(settings: ExperimentFile, circuit: Circuit, name: str) -> Circuit:
    """Return the circuit that baseline `name` of an experiment trains: the experiment's, or its graded twin."""
    if name != GRADED:
        return circuit
    return graded_twin(circuit, () if settings.target is None else (settings.target.population,))
