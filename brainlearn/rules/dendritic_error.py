"""Errors in dendrites: the soma against the prediction of its dendrite, and the residual of the apical one."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

_SOURCE = "Sacramento, Ponte Costa, Bengio & Senn 2018, NeurIPS 31, "

DENDRITIC_ERROR = Rule(
    name="dendritic_error",
    description="presynaptic rate times the difference between soma and dendritic prediction, in every step",
    source=_SOURCE + "equations 7 and 8 (synapses onto pyramidal cells from below, and onto interneurons)",
    changes=(Change(pre="activity", post="log(1 + exp(soma)) - log(1 + exp(predicted))", when="transmission"),),
)

DENDRITIC_BALANCE = Rule(
    name="dendritic_balance",
    description="presynaptic rate times the distance of the apical dendrite from rest, in every step",
    source=_SOURCE + "equation 9 (synapses from interneurons onto apical dendrites)",
    changes=(Change(pre="activity", post="-apical", when="transmission"),),
)
