"""Target propagation: areas receive targets instead of errors, from synapses that learn to invert."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

_WAS = "activity_before*gain"

# The neuron model says how steeply a unit answers to its input, `slope`, and to its apical dendrite, `top_down_slope`.
# What the dendrite guessed without a teacher, `feedback_before`, is held against what the unit did then.
TARGET_PROPAGATION = Rule(
    name="target_propagation",
    description="presynaptic activity times the distance of a unit's target from what it did; top-down synapses learn "
    "to invert",
    source="Lee, Zhang, Fischer & Bengio 2015, ECML PKDD, 498, algorithm 1 (difference target propagation); inverses "
    "learned from plain activity, without noise",
    changes=(Change(pre=_WAS, post="slope*(activity - activity_before)"),),
    top_down=(Change(pre=_WAS, post="top_down_slope*(activity_before - feedback_before)"),),
)
