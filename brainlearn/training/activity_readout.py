"""What populations pass on, as features of a readout."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from brainlearn.brian.simulation import Simulation
from brainlearn.circuit import Circuit


def passed_on(simulation: Simulation, circuit: Circuit, paths: Iterable[str]) -> list[np.ndarray]:
    """Return what each population passes on, brought to a root mean square of about 1, (copy, unit) each."""
    parts = []
    for path in paths:
        normalisation = circuit.population(path).normalisation
        activity = simulation.activity(path)
        if normalisation is not None:
            activity = activity * (simulation.gain(path) / normalisation.rms)
        parts.append(activity.astype(np.float32, copy=False))
    return parts
