"""Cells of a dendritic microcircuit: rates that follow a soma, a basal and an apical dendrite, and interneurons."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

_SOURCE = "Sacramento, Ponte Costa, Bengio & Senn 2018, NeurIPS 31, "

# `activity` is the softplus of the soma, a step late with tau_activity = dt. `predicted` is
# what the soma does when only the dendrite drives it that synapses from below are on: the dendritic prediction. All
# conductances are multiples of that of the leak, and potentials count from rest.
DENDRITIC = NeuronModel(
    name="dendritic",
    kind="graded",
    equations="""
        dsoma/dt = (basal_coupling*(basal - soma) + apical_coupling*(apical - soma) - soma)/tau : 1
        dactivity/dt = (log(1 + exp(soma)) - activity)/tau_activity : 1
        predicted = basal_coupling*basal/(1 + basal_coupling + apical_coupling) : 1
        basal : 1
        apical : 1
    """,
    method="euler",
    parameters=quantities(tau="10 ms", tau_activity="0.1 ms", basal_coupling=10, apical_coupling=8),
    output="activity",
    description="pyramidal cell of a dendritic microcircuit: a soma between a basal and an apical dendrite",
    source=_SOURCE + "equations 1 and 2",
)

DENDRITIC_INTERNEURON = NeuronModel(
    name="dendritic_interneuron",
    kind="graded",
    equations="""
        dsoma/dt = (basal_coupling*(basal - soma) + teaching_coupling*(teaching - soma) - soma)/tau : 1
        dactivity/dt = (log(1 + exp(soma)) - activity)/tau_activity : 1
        predicted = basal_coupling*basal/(1 + basal_coupling) : 1
        basal : 1
        teaching : 1
    """,
    method="euler",
    parameters=quantities(tau="10 ms", tau_activity="0.1 ms", basal_coupling=10, teaching_coupling=8),
    output="activity",
    description="interneuron of a dendritic microcircuit: one pyramidal cell of the area above teaches its soma",
    source=_SOURCE + "equations 3 and 4",
)

DENDRITIC_TAUGHT = NeuronModel(
    name="dendritic_taught",
    kind="graded",
    equations="""
        dsoma/dt = (basal_coupling*(basal - soma) + nudging*(target - soma) - soma)/tau : 1
        dactivity/dt = (log(1 + exp(soma)) - activity)/tau_activity : 1
        predicted = basal_coupling*basal/(1 + basal_coupling) : 1
        basal : 1
        target : 1
        nudging : 1
    """,
    method="euler",
    parameters=quantities(tau="10 ms", tau_activity="0.1 ms", basal_coupling=10),
    output="activity",
    input="target",
    description="output of a dendritic microcircuit: a teacher pulls at its soma",
    source=_SOURCE + "section 2 (nudged output neurons)",
)
