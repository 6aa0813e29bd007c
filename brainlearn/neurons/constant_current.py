"""A stimulus that injects a constant current for the length of a presentation."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel

CONSTANT_CURRENT = NeuronModel(
    name="constant_current",
    kind="stimulus",
    equations="activity : 1",
    output="activity",
    input="activity",
    description="stimulus: every unit injects a constant current",
    source="Rueckauer et al. 2017, Front. Neurosci. 11:682, methods (analogue input as constant currents)",
)
