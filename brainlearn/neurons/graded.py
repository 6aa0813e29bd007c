"""A graded (rate) unit: rectified input, low-pass filtered; with ``dt = tau`` a ReLU that updates at once."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

GRADED = NeuronModel(
    name="graded",
    kind="graded",
    equations="""
        dactivity/dt = (clip(drive, 0, inf) - activity)/tau : 1
        drive : 1
    """,
    method="euler",  # with dt = tau one step is exactly activity = clip(drive, 0, inf)
    parameters=quantities(tau="1 ms"),
    output="activity",
    description="graded unit, rectified and leaky; a synchronous ReLU when dt = tau",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 7.2; Nair & Hinton 2010, ICML",
)
