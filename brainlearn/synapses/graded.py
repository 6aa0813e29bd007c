"""Graded transmission from activity to activity."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

GRADED = SynapseModel(
    name="graded",
    transmit="drive_post = w*activity_pre",
    description="a graded activity drives a graded unit continuously",
    source="Dayan & Abbott 2001, Theoretical Neuroscience, section 7.2",
)
