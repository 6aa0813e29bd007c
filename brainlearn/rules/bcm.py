"""The rule of Bienenstock, Cooper & Munro, with a threshold that slides with the unit's own activity."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, parameters

BCM = Rule(
    name="bcm",
    description="strengthens above a threshold and weakens below it; the threshold follows the mean square of activity",
    source="Bienenstock, Cooper & Munro 1982, Journal of Neuroscience 2, 32; mean square: Intrator & Cooper 1992, "
    "Neural Networks 5, 3",
    parameters=parameters(rate=0.1),
    memories=(Memory("threshold", "activity**2", "polarity > 0", rate="rate", scope="unit"),),
    changes=(Change(pre="activity", post="activity*(activity - threshold)"),),
)
