"""A spike opens an inhibitory conductance; its weight is negative, as everywhere."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

CONDUCTANCE_INHIBITORY = SynapseModel(
    name="conductance_inhibitory",
    on_pre="g_inhibitory_post -= w",
    sign="inhibitory",
    description="a spike opens an inhibitory conductance; the weight is negative, in units of the leak",
    source="Vogels & Abbott 2005, J. Neurosci. 25:10786, methods",
)
