"""Leaky integrate-and-fire whose threshold rises with each of its own spikes and decays slowly."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF_ADAPTIVE = NeuronModel(
    name="lif_adaptive",
    kind="spiking",
    equations="""
        dv/dt = (resistance*current + synaptic - v)/tau_membrane : 1
        dsynaptic/dt = -synaptic/tau_synapse : 1
        dadaptation/dt = -adaptation/tau_adaptation : 1
        current : 1
    """,
    threshold="v > threshold_v + adaptation",
    reset="""
        v -= threshold_v
        adaptation += adaptation_step
    """,
    method="exponential_euler",
    parameters=quantities(
        tau_membrane="20 ms",
        tau_synapse="5 ms",
        tau_adaptation="200 ms",
        adaptation_step=0.1,
        resistance=5,
        threshold_v=1,
    ),
    description="leaky integrate-and-fire with current synapses and a threshold that adapts",
    source="Bellec, Salaj, Subramoney, Legenstein & Maass 2018, NeurIPS, adaptive LIF units",
)
