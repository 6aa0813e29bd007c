"""Leaky integrate-and-fire whose events are single spikes or bursts: the soma says when, the apical dendrite which."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

# Of its events a unit lets as many be bursts as the burst probability says: `plateau` adds the probability up, and an
# event is a burst when it reaches 1. In the mean this is a draw for every event, without the noise of drawing.
BURSTS = """
        burst_probability = 1/(1 + exp(-slope*apical)) : 1
        plateau : 1"""
COUNT_BURSTS = "plateau += burst_probability - int(plateau + burst_probability > 1)"

LIF_BURST = NeuronModel(
    name="lif_burst",
    kind="spiking",
    equations=f"""
        dv/dt = (resistance*current - v)/tau_membrane : 1
        dapical/dt = -apical/tau_apical : 1
        current : 1{BURSTS}
    """,
    threshold="v > threshold_v",
    reset=f"""
        v -= threshold_v
        {COUNT_BURSTS}
    """,
    method="exponential_euler",
    parameters=quantities(tau_membrane="9.5 ms", tau_apical="1 ms", resistance=10, threshold_v=1, slope=1),
    feedback="burst_probability",
    description="leaky integrate-and-fire whose spikes are events; the apical dendrite sets the fraction of bursts",
    source="Payeur, Guerguiev, Zenke, Richards & Naud 2021, Nature Neuroscience 24:1010, equations 8 and 9 (event rate "
    "of the soma, burst probability of the dendrite)",
)
