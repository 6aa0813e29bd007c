"""A spike adds its weight to an exponentially decaying current."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

CURRENT = SynapseModel(
    name="current",
    on_pre="synaptic_post += w",
    description="a spike adds its weight to an exponentially decaying synaptic current",
    source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 3.1",
)
