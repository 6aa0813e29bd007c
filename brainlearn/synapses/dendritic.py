"""Synapses of a dendritic microcircuit: rates onto one dendrite or the other, and a soma onto an interneuron's."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

_SOURCE = "Sacramento, Ponte Costa, Bengio & Senn 2018, NeurIPS 31, "

ONTO_BASAL = SynapseModel(
    name="onto_basal",
    transmit="basal_post = w*activity_pre",
    description="a graded activity drives a basal dendrite",
    source=_SOURCE + "equation 2",
)

ONTO_APICAL = SynapseModel(
    name="onto_apical",
    transmit="apical_post = w*activity_pre",
    description="a graded activity drives an apical dendrite",
    source=_SOURCE + "equation 2",
)

ONTO_INTERNEURON = SynapseModel(
    name="onto_interneuron",
    transmit="teaching_post = w*soma_pre",
    description="a pyramidal soma of the area above teaches the soma of an interneuron",
    source=_SOURCE + "equation 4",
)
