"""A spike drives a leaky readout."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

READOUT = SynapseModel(
    name="readout",
    on_pre="activity_post += w",
    description="a spike adds its weight to the membrane of a leaky readout at once",
    source="Bellec et al. 2020, Nat. Commun. 11:3625, methods (readouts)",
)
