"""Three factors in their general form: what both units did leaves an eligibility, which a third makes a change."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, State, Trace, parameters

THREE_FACTOR = Rule(
    name="three_factor",
    description="filtered presynaptic activity times postsynaptic activity above its average, kept as an eligibility, "
    "times reward above the expected one",
    source="Gerstner, Lehmann, Liakoni, Corneil & Brea 2018, Front. Neural Circuits 12:53, equations 1 to 3, with the "
    "third factor reward minus expected reward",
    parameters=parameters(tau_recent="20 ms", tau_average="1 s", tau_eligibility="500 ms", rate=0.05),
    traces=(
        Trace(
            "recent",
            "drecent/dt = -recent/tau_recent : 1",
            on_spike="recent += 1 - exp(-dt/tau_recent)",
            graded="drecent/dt = (activity - recent)/tau_recent : 1",
        ),
        Trace(
            "average",
            "daverage/dt = -average/tau_average : 1",
            on_spike="average += 1 - exp(-dt/tau_average)",
            graded="daverage/dt = (activity - average)/tau_average : 1",
        ),
    ),
    states=(
        State(
            "eligibility",
            "deligibility/dt = (recent_pre*(recent_post - average_post) - eligibility)/tau_eligibility : 1",
        ),
    ),
    memories=(Memory("expected", "reward", "polarity > 0", rate="rate", scope="population"),),
    changes=(Change(pre="1", post="reward - expected", synapse="eligibility"),),
)
