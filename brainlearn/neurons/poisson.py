"""A stimulus of Poisson spike trains, one rate for each unit."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel

POISSON = NeuronModel(
    name="poisson",
    kind="stimulus",
    equations="rate : Hz",
    threshold="rand() < rate*dt",
    input="rate",
    description="stimulus: every unit spikes at random with its own rate",
    source="Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, methods (input encoding)",
)
