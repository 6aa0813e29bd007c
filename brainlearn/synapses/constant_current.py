"""A stimulus that injects a current."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

CONSTANT_CURRENT = SynapseModel(
    name="constant_current",
    transmit="current_post = w*activity_pre",
    description="a stimulus injects a continuous current, weight times activity",
    source="Rueckauer et al. 2017, Front. Neurosci. 11:682, methods (analogue input as constant currents)",
)
