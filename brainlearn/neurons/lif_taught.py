"""Leaky integrate-and-fire output that a teacher nudges towards a target."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF_TAUGHT = NeuronModel(
    name="lif_taught",
    kind="spiking",
    # The teacher's current stops when the unit's own recent activity is what it should be. Read once in a step, after
    # the spike, `recent` has the spikes per step as its mean: with an increment of dt/tau_recent it would have more.
    equations="""
        dv/dt = (resistance*(current + nudge) - v)/tau_membrane : 1
        drecent/dt = -recent/tau_recent : 1
        nudge = nudging*(target - recent) : 1
        current : 1
        target : 1
        nudging : 1
    """,
    threshold="v > threshold_v",
    reset="""
        v -= threshold_v
        recent += 1 - exp(-dt/tau_recent)
    """,
    method="exponential_euler",
    parameters=quantities(tau_membrane="4.4814 ms", tau_recent="5 ms", resistance=5, threshold_v=1),
    input="target",
    feedback="nudge",
    description="leaky integrate-and-fire output, nudged towards a target by a current",
    source="Martin et al. 2021, iScience 24:102222 (EqSpike: nudging by a current from rate and target)",
)
