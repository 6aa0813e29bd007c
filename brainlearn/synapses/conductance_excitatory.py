"""A spike opens an excitatory conductance."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

CONDUCTANCE_EXCITATORY = SynapseModel(
    name="conductance_excitatory",
    on_pre="g_excitatory_post += w",
    sign="excitatory",
    description="a spike opens an excitatory conductance by its weight, in units of the leak",
    source="Vogels & Abbott 2005, J. Neurosci. 25:10786, methods",
)
