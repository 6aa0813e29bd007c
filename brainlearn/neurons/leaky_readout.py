"""A readout: it adds up the spikes that arrive, forgets them, and compares its membrane with a target."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LEAKY_READOUT = NeuronModel(
    name="leaky_readout",
    kind="graded",
    # It never spikes. To a rule that asks how near the threshold is it is always there: its output follows whatever
    # arrives, with a derivative of 1. The error follows within a step, to be transmitted.
    equations="""
        dactivity/dt = (drive - activity)/tau : 1
        derror/dt = (nudging*(target - activity) - error)/tau_error : 1
        v = threshold_v : 1
        drive : 1
        target : 1
        nudging : 1
    """,
    method="exponential_euler",
    parameters=quantities(tau="20 ms", tau_error="0.5 ms", threshold_v=1),
    output="activity",
    input="target",
    feedback="error",
    description="leaky readout that does not spike, with the error relative to its target",
    source="Bellec et al. 2020, Nat. Commun. 11:3625, methods (readouts)",
)
