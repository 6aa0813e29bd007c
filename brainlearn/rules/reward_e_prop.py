"""Eligibility propagation from reward: feedback says what a unit did for an action, reward whether that was right."""

from __future__ import annotations

from brainlearn.rules.actor_critic import ACTOR_CRITIC
from brainlearn.rules.e_prop import FILTERED, NEAR_POST
from brainlearn.rules.rule import Change, Rule, State, parameters

REWARD_E_PROP = Rule(
    name="reward_e_prop",
    description="filtered presynaptic spikes times nearness of the threshold times what feedback brings, kept as an "
    "eligibility, times the error of predicted reward",
    source="Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass 2020, Nature Communications 11:3625 "
    "(reward-based e-prop), with one error a decision, and what actor and critic send back as the learning signal",
    parameters=parameters(tau_filter="5 ms", width=1, tau_eligibility="200 ms", discount=0.95, worth=1.0, offset=0.0),
    traces=(FILTERED,),
    states=(
        State(
            "eligibility",
            f"deligibility/dt = (filtered_pre*gain_pre*feedback_post*{NEAR_POST} - eligibility)/tau_eligibility : 1",
        ),
    ),
    broadcasts=ACTOR_CRITIC.broadcasts,
    modulators=ACTOR_CRITIC.modulators,
    changes=(Change(pre="1", post="error", synapse="eligibility"),),
)
