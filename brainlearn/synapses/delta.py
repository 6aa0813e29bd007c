"""A spike moves the membrane by the weight, at once."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

DELTA = SynapseModel(
    name="delta",
    on_pre="v_post += w",
    description="a spike adds its weight to the membrane at once",
    source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 1.3",
)
