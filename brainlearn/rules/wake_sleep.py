"""Wake-sleep: awake, generation learns to predict what was recognised; asleep, recognition what was generated."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

WAKE_SLEEP = Rule(
    name="wake_sleep",
    description="in sleep, bottom-up synapses learn to recognise what was dreamt; awake, top-down ones to generate it",
    source="Hinton, Dayan, Frey & Neal 1995, Science 268, 1158, equations 4 and 5 (the delta rule in both phases)",
    changes=(
        Change(
            pre="activity",
            post="clip(-polarity, 0, 1)*(earlier - 1/(1 + exp(-recognition)))",
            when="transmission",
        ),
    ),
    top_down=(
        Change(
            pre="activity",
            post="clip(polarity, 0, 1)*(earlier - 1/(1 + exp(-generation)))",
            when="transmission",
        ),
    ),
)
