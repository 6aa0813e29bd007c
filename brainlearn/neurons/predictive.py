"""A value unit and its error unit, as one pair: the activity, and its distance from the prediction."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

PREDICTIVE = NeuronModel(
    name="predictive",
    kind="graded",
    # The error unit follows a step behind, and is deaf where the prediction is cut off. Errors from above move the
    # value only while outputs are taught: without a teacher the value is the prediction, area by area.
    equations="""
        dactivity/dt = (clip(drive, 0, inf) + int(abs(nudging) > 0)*top_down - activity)/tau : 1
        derror/dt = (int(drive > 0)*(activity - clip(drive, 0, inf)) - error)/tau_error : 1
        drive : 1
        top_down : 1
        nudging : 1
    """,
    method="euler",  # with dt = tau the value moves in one step by all that errors ask for
    parameters=quantities(tau="1 ms", tau_error="1 ms"),
    output="activity",
    feedback="error",
    description="pair of a value and an error unit: rectified prediction from below, errors from above",
    source="Whittington & Bogacz 2017, Neural Comput. 29:1229, section 2 (value and error nodes)",
)
