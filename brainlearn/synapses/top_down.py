"""A top-down spike reaches the apical dendrite at once."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

TOP_DOWN = SynapseModel(
    name="top_down",
    on_pre="apical_post += w",
    description="a spike adds its weight to the apical dendrite at once",
    source="Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901",
)
