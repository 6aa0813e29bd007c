"""A graded output that a teacher pulls towards a target."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

GRADED_TAUGHT = NeuronModel(
    name="graded_taught",
    kind="graded",
    # Settled, activity = (drive + nudging*target)/(1 + nudging), cut off below: an output whose target is 0 is not
    # pushed further down, and one that the nudge does not lift above 0 does not learn. With a `lowest` that it never
    # reaches it is linear.
    equations="""
        dactivity/dt = (clip(drive + nudge, lowest, inf) - activity)/tau : 1
        nudge = nudging*(target - activity) : 1
        drive : 1
        target : 1
        nudging : 1
    """,
    method="euler",
    parameters=quantities(tau="2 ms", lowest=0),
    output="activity",
    input="target",
    feedback="nudge",
    description="graded output, rectified and leaky, nudged towards a target",
    source="Scellier & Bengio 2017, Front. Comput. Neurosci. 11:24, section 2 (weakly clamped outputs)",
)
