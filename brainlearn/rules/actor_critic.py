"""Actor and critic with spikes: the error of the critic's predictions of reward teaches both."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, State, Trace, parameters

ACTOR_CRITIC = Rule(
    name="actor_critic",
    description="presynaptic trace at postsynaptic spikes, kept as an eligibility, times the error of predicted reward",
    source="Frémaux, Sprekeler & Gerstner 2013, PLoS Comput. Biol. 9:e1003024 (TD-LTP: the rate of a critic is the "
    "value, and its temporal-difference error is broadcast to actor and critic), with the error taken from one "
    "decision to the next, as in Sutton & Barto 2018, equation 6.5",
    parameters=parameters(
        tau_recent="20 ms",
        tau_average="1 s",
        tau_eligibility="200 ms",
        expected=1.0,
        discount=0.95,
        worth=1.0,
        offset=0.0,
    ),
    traces=(
        Trace("recent", "drecent/dt = -recent/tau_recent : 1", "recent += 1"),
        Trace("average", "daverage/dt = -average/tau_average : 1", "average += tau_recent/tau_average"),
    ),
    states=(
        State(
            "eligibility",
            "deligibility/dt = -eligibility/tau_eligibility : 1",
            on_pre="eligibility -= expected*average_post",
            on_post="eligibility += recent_pre",
        ),
    ),
    broadcasts={"rate": "activity", "rate_before": "activity_before"},
    modulators={
        "value": "worth*rate - offset",
        "value_before": "worth*rate_before - offset",
        "error": "reward + continues*discount*value - value_before",
    },
    changes=(Change(pre="1", post="error", synapse="eligibility"),),
)
