"""A stimulus of constant graded activity, for graded units."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel

GRADED_STIMULUS = NeuronModel(
    name="graded_stimulus",
    kind="stimulus",
    equations="activity : 1",
    output="activity",
    input="activity",
    description="stimulus: every unit holds an activity, transmitted continuously",
    source="Hinton 2022, arXiv:2212.13345, section 3 (pixels and label as activities)",
)
