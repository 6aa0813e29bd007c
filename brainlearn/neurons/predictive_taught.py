"""A value unit and its error unit at the top, where a teacher sets the value."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

PREDICTIVE_TAUGHT = NeuronModel(
    name="predictive_taught",
    kind="graded",
    # With nudging = 1 the value is the target.
    equations="""
        dactivity/dt = (drive + nudging*(target - drive) - activity)/tau : 1
        derror/dt = (activity - drive - error)/tau_error : 1
        drive : 1
        target : 1
        nudging : 1
    """,
    method="euler",
    parameters=quantities(tau="1 ms", tau_error="1 ms"),
    output="activity",
    input="target",
    feedback="error",
    description="pair of a value and an error unit: linear prediction from below, value set by a teacher",
    source="Whittington & Bogacz 2017, Neural Comput. 29:1229, section 2 (output values fixed to the target)",
)
