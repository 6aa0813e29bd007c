"""What gives a unit that samples its log odds of being on: evidence, recognition from below, generation from above."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

EVIDENCE = SynapseModel(
    name="evidence",
    transmit="evidence_post = w*activity_pre",
    description="a stimulus tells a unit that samples the log odds of being on; 0 tells it nothing",
    source="Neftci et al. 2014, Front. Neurosci. 7:272 (visible units clamped in the data phase)",
)

_WAKE_SLEEP = "Hinton, Dayan, Frey & Neal 1995, Science 268, 1158 (wake-sleep)"

RECOGNITION = SynapseModel(
    name="recognition",
    transmit="recognition_post = w*activity_pre",
    description="drives a unit of a Helmholtz machine that is awake",
    source=_WAKE_SLEEP,
)

GENERATION = SynapseModel(
    name="generation",
    transmit="generation_post = w*activity_pre",
    description="drives a unit of a Helmholtz machine that is asleep, and predicts one that is awake",
    source=_WAKE_SLEEP,
)
