"""Predictive coding: a synapse changes by the value below times the error above."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

# Value and error are those of the remembered phase: while a phase that learns moves the values on, it still sends
# errors down through the weights from before, so inference and learning are simultaneous.
PREDICTIVE_CODING = Rule(
    name="predictive_coding",
    description="presynaptic activity times postsynaptic error, both as at the end of the remembered phase",
    source=(
        "Whittington & Bogacz 2017, Neural Comput. 29:1229, section 2 (change of the weights); equal to "
        "backpropagation with the schedule of Song, Lukasiewicz, Xu & Bogacz 2020, NeurIPS (Z-IL)"
    ),
    changes=(Change(pre="activity_before*gain", post="feedback_before"),),
)
