"""Temporal differences of activity in place of error derivatives: two phases, and the difference is the error."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

_SOURCE = (
    "Lillicrap, Santoro, Marris, Akerman & Hinton 2020, Nature Reviews Neuroscience 21, 335 (NGRAD); phases and "
    "difference quotient as in Scellier & Bengio 2017, Front. Comput. Neurosci. 11:24"
)
_NUDGE = "(nudge_strength - nudge_strength_before)"
_TOLD = "int(activity + activity_before > 0)*(feedback - feedback_before)"
_DID = "(activity - activity_before)"
_WAS = "activity_before*gain"

TEMPORAL_DIFFERENCE = Rule(
    name="temporal_difference",
    description="presynaptic activity times the change of the unit's feedback between two phases",
    source=_SOURCE + "; feedback to an apical dendrite as in Guerguiev, Lillicrap & Richards 2017, eLife 6:e22901",
    changes=(Change(pre=_WAS, post=f"{_TOLD}/{_NUDGE}"),),
    top_down=(Change(pre=_TOLD, post=f"{_WAS}/{_NUDGE}"),),
)

SPIKE_DIFFERENCE = Rule(
    name="spike_difference",
    description="presynaptic activity times the change of the unit's own spiking between two phases",
    source=_SOURCE,
    changes=(Change(pre=_WAS, post=f"{_DID}/{_NUDGE}"),),
    top_down=(Change(pre=_DID, post=f"{_WAS}/{_NUDGE}"),),
)
