"""A pyramidal neuron of two compartments: a soma that spikes and an apical dendrite that pulls it."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

TWO_COMPARTMENT = NeuronModel(
    name="two_compartment",
    kind="spiking",
    # The apical dendrite sees no somatic spike and is not loaded by the soma: the coupling runs one way.
    equations="""
        dv/dt = (resistance*current + synaptic + coupling*(apical - v) - v)/tau_membrane : 1
        dsynaptic/dt = -synaptic/tau_synapse : 1
        dapical/dt = (apical_synaptic - apical)/tau_apical : 1
        dapical_synaptic/dt = -apical_synaptic/tau_synapse : 1
        current : 1
    """,
    threshold="v > threshold_v",
    reset="v -= threshold_v",
    method="exponential_euler",
    parameters=quantities(
        tau_membrane="10 ms",
        tau_synapse="5 ms",
        tau_apical="15 ms",
        coupling=0.3,
        resistance=5,
        threshold_v=1,
    ),
    description="soma and apical dendrite; top-down input arrives at the dendrite and pulls the soma",
    source="Urbanczik & Senn 2014, Neuron 81:521, methods (one-way coupling of dendrite to soma)",
)
