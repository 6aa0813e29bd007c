"""Leaky integrate-and-fire that a spike moves at once: no synaptic variable, so the fastest to simulate."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF_DELTA = NeuronModel(
    name="lif_delta",
    kind="spiking",
    equations="""
        dv/dt = (resistance*current - v)/tau_membrane : 1
        current : 1
    """,
    threshold="v > threshold_v",
    reset="v -= threshold_v",
    method="exact",
    parameters=quantities(tau_membrane="4.5 ms", resistance=5, threshold_v=1),
    description="leaky integrate-and-fire for delta synapses, reset by subtraction; the fastest",
    source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 1.3",
)
