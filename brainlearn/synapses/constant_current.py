"""A stimulus that injects a current."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

CONSTANT_CURRENT = SynapseModel(
    name="constant_current",
    transmit="current_post = w*activity_pre",
    description="a stimulus injects a current all the time, weight times activity",
    source="Diehl et al. 2015, IJCNN (constant currents among the input encodings)",
)
