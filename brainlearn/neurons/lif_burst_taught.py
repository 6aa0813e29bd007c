"""Leaky integrate-and-fire output with a teacher at its apical dendrite: it changes bursts, and no event."""

from __future__ import annotations

from brainlearn.neurons.lif_burst import BURSTS, COUNT_BURSTS
from brainlearn.neurons.model import NeuronModel, quantities

LIF_BURST_TAUGHT = NeuronModel(
    name="lif_burst_taught",
    kind="spiking",
    # Without events a unit has no bursts to teach others with: a background current keeps outputs near threshold. Read
    # once in a step, after the spike, `recent` has the spikes per step as its mean.
    equations=f"""
        dv/dt = (resistance*current + background - v)/tau_membrane : 1
        drecent/dt = -recent/tau_recent : 1
        dapical/dt = (nudging*(target - recent) - apical)/tau_apical : 1
        current : 1
        target : 1
        nudging : 1{BURSTS}
    """,
    threshold="v > threshold_v",
    reset=f"""
        v -= threshold_v
        recent += 1 - exp(-dt/tau_recent)
        {COUNT_BURSTS}
    """,
    method="exponential_euler",
    parameters=quantities(
        tau_membrane="4.4814 ms",
        tau_recent="5 ms",
        tau_apical="1 ms",
        resistance=5,
        threshold_v=1,
        slope=4,
        background=1,
    ),
    input="target",
    feedback="burst_probability",
    description="output of events and bursts; a teacher at its apical dendrite shifts the fraction of bursts",
    source="Payeur, Guerguiev, Zenke, Richards & Naud 2021, Nature Neuroscience 24:1010, section 'Burst-dependent "
    "plasticity of hierarchical networks' (the teacher acts on burst probabilities of the output)",
)
