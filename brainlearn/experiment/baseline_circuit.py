"""Which circuit a baseline trains."""

from __future__ import annotations

from brainlearn.circuit import Circuit
from brainlearn.circuit.graded_twin import graded_twin
from brainlearn.experiment.loading import Experiment

GRADED = "backprop"


def baseline_circuit(experiment: Experiment, name: str) -> Circuit:
    """Return the circuit that baseline `name` trains: the experiment's, or its graded twin."""
    if name != GRADED:
        return experiment.circuit
    target = experiment.settings.target
    return graded_twin(experiment.circuit, () if target is None else (target.population,))
