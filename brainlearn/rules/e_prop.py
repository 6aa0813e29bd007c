"""Eligibility propagation: each synapse keeps what it may be responsible for, and a learning signal says how well."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, State, Trace, parameters

_SOURCE = (
    "Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass 2020, Nature Communications 11:3625, {}, with the "
    "eligibility trace of LIF neurons and the triangular pseudo-derivative of its methods"
)
FILTERED = Trace(
    "filtered",
    "dfiltered/dt = -filtered/tau_filter : 1",
    on_spike="filtered += 1 - exp(-dt/tau_filter)",
    graded="dfiltered/dt = (activity - filtered)/tau_filter : 1",
)

_NEAR = "clip(1 - abs(v - threshold_v)/(width*threshold_v), 0, 1)"
NEAR_POST = "clip(1 - abs(v_post - threshold_v_post)/(width*threshold_v_post), 0, 1)"
_ELIGIBILITY = State(
    "eligibility", f"deligibility/dt = (filtered_pre*gain_pre*{NEAR_POST} - eligibility)/tau_readout : 1"
)
_BY_ELIGIBILITY = Change(pre="1", post="feedback", when="step", synapse="eligibility")

E_PROP = Rule(
    name="e_prop",
    description="filtered presynaptic spikes times proximity to threshold times feedback, in every step",
    source=_SOURCE.format("equation 1"),
    parameters=parameters(tau_filter="5 ms", width=1),
    traces=(FILTERED,),
    changes=(Change(pre="filtered*gain", post=f"feedback*{_NEAR}", when="step"),),
)

E_PROP_FILTERED = Rule(
    name="e_prop_filtered",
    description="as e_prop, with eligibilities filtered like the readout",
    source=_SOURCE.format("equations 1 and 4"),
    parameters=parameters(tau_filter="5 ms", tau_readout="20 ms", width=1),
    traces=(FILTERED,),
    states=(_ELIGIBILITY,),
    changes=(_BY_ELIGIBILITY,),
)

E_PROP_RATE_COST = Rule(
    name="e_prop_rate_cost",
    description="as e_prop_filtered, with a cost on deviations from a target rate",
    source=_SOURCE.format("equations 1 and 4, with the firing-rate regularisation"),
    parameters=parameters(
        tau_filter="5 ms", tau_readout="20 ms", width=1, rate_cost=1, target_activity=0.02, memory_rate=0.1
    ),
    traces=(FILTERED,),
    states=(_ELIGIBILITY,),
    memories=(Memory("usual", of="activity", where="polarity > 0", rate="memory_rate", scope="unit"),),
    changes=(
        _BY_ELIGIBILITY,
        Change(pre="filtered*gain", post=f"rate_cost*(target_activity - usual)*{_NEAR}", when="step"),
    ),
)
