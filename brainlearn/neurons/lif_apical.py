"""Leaky integrate-and-fire with an apical dendrite: top-down spikes arrive there, and lead on to the soma weakly."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF_APICAL = NeuronModel(
    name="lif_apical",
    kind="spiking",
    equations="""
        dv/dt = (resistance*current + coupling*apical - v)/tau_membrane : 1
        dapical/dt = -apical/tau_apical : 1
        current : 1
    """,
    threshold="v > threshold_v",
    reset="v -= threshold_v",
    method="exponential_euler",
    parameters=quantities(tau_membrane="9.5 ms", tau_apical="5 ms", resistance=10, coupling=0.1, threshold_v=1),
    feedback="apical",
    description="leaky integrate-and-fire for delta synapses, with an apical dendrite for top-down spikes",
    source="Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901 (top-down input to an apical compartment)",
)
