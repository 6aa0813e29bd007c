"""Units that have a target: what they do by themselves, and what their apical dendrite tells them to do instead."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

_SOURCE = "Lee, Zhang, Fischer & Bengio 2015, ECML PKDD, algorithm 1 (difference target propagation)"

# `forward` is what the unit does without a teacher, `expected` what its apical dendrite makes of the area above then.
# Both stay as they are while outputs are taught. The activity then moves to the target: by as much as the area above,
# moved itself, changes what the dendrite says. So a dendrite that inverts badly does no harm where nothing is wrong.
TARGETED = NeuronModel(
    name="targeted",
    kind="graded",
    equations="""
        dactivity/dt = ((1 - taught)*tanh(drive) + taught*(forward + inverse - expected) - activity)/tau : 1
        dforward/dt = (1 - taught)*(tanh(drive) - forward)/tau : 1
        dexpected/dt = (1 - taught)*(inverse - expected)/tau : 1
        inverse = tanh(apical) : 1
        taught = int(abs(nudging) > 0) : 1
        slope = 1 - forward**2 : 1
        top_down_slope = 1 - expected**2 : 1
        drive : 1
        apical : 1
        nudging : 1
    """,
    method="euler",  # with dt = tau a target moves down one area in a step
    parameters=quantities(tau="1 ms"),
    output="activity",
    feedback="inverse",
    description="tanh unit whose apical dendrite predicts its activity from above, and moves it to a target",
    source=_SOURCE,
)

TARGETED_TAUGHT = NeuronModel(
    name="targeted_taught",
    kind="graded",
    equations="""
        dactivity/dt = ((1 - taught)*drive + taught*(forward + nudging*(target - forward)) - activity)/tau : 1
        dforward/dt = (1 - taught)*(drive - forward)/tau : 1
        taught = int(abs(nudging) > 0) : 1
        slope = 1 : 1
        drive : 1
        target : 1
        nudging : 1
    """,
    method="euler",
    parameters=quantities(tau="1 ms"),
    output="activity",
    input="target",
    description="linear output that a teacher moves part of the way to its target",
    source=_SOURCE + "; a part of the way as in Meulemans et al. 2020, NeurIPS 33",
)
