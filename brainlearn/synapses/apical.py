"""A spike reaches the apical dendrite of a two-compartment neuron."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

APICAL = SynapseModel(
    name="apical",
    on_pre="apical_synaptic_post += w",
    description="a spike adds its weight to the synaptic current of the apical dendrite",
    source="Urbanczik & Senn 2014, Neuron 81:521, methods",
)
