"""Leaky integrate-and-fire with exponential current synapses."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF = NeuronModel(
    name="lif",
    kind="spiking",
    equations="""
        dv/dt = (resistance*current + synaptic - v)/tau_membrane : 1
        dsynaptic/dt = -synaptic/tau_synapse : 1
        current : 1
    """,
    threshold="v > threshold_v",
    reset="v -= threshold_v",
    # Not "exact": its closed form divides by tau_membrane - tau_synapse, and equal ones would give NaN.
    method="exponential_euler",
    parameters=quantities(tau_membrane="4.5 ms", tau_synapse="5 ms", resistance=5, threshold_v=1),
    description="leaky integrate-and-fire, exponential current synapses, reset by subtraction",
    source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, sections 1.3 and 3.1",
)
