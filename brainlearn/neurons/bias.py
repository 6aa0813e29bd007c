"""A unit that is always on: weights from it are biases, which learn like all others."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

_SOURCE = (
    "Ackley, Hinton & Sejnowski 1985, Cognitive Science 9, 147 (thresholds as weights from a unit that is always on)"
)

BIAS = NeuronModel(
    name="bias",
    kind="graded",
    equations="dactivity/dt = (1 - activity)/tau : 1",  # what is transmitted is stored
    method="euler",
    parameters=quantities(tau="1 ms"),
    initial=quantities(activity=1),
    output="activity",
    description="graded unit whose activity is always 1",
    source="Ackley, Hinton & Sejnowski 1985, Cognitive Science 9, 147 (thresholds as weights from a true unit)",
)
