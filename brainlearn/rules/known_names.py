"""The names that text of rules may read without anybody declaring them."""

from __future__ import annotations

from brainlearn.rules.rule import SPIKED, Rule

ACTIVITY = "activity"
OF_A_UNIT = frozenset({ACTIVITY, "activity_before", "feedback", "feedback_before", "gain"})
IN_EVERY_STEP = frozenset({"feedback", "gain"})
AT_SPIKES = frozenset({SPIKED})
OUTCOMES = frozenset({"reward", "continues"})  # what an environment tells
OF_A_COPY = frozenset({"polarity", "nudge_strength", "nudge_strength_before"}) | OUTCOMES
TIME = frozenset({"t", "dt"})


def told_names(rule: Rule) -> frozenset[str]:
    """Return what a postsynaptic population broadcasts to its synapses."""
    return OF_A_COPY.union(rule.broadcasts, rule.modulators, (memory.name for memory in rule.memories))
