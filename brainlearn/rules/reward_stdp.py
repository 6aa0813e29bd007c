"""Spike-timing-dependent plasticity under reward: pairs of spikes leave an eligibility, which reward makes a change."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, State, Trace, parameters

REWARD_STDP = Rule(
    name="reward_stdp",
    description="spike pairs set an eligibility, which reward turns into a change after every decision",
    source="Izhikevich 2007, Cerebral Cortex 17, 2443 (dc/dt, ds/dt); Florian 2007, Neural Computation 19, 1468 "
    "(MSTDPET), with one pulse of dopamine a decision; with a rate above 0 the mean reward is expected and "
    "subtracted, as in Frémaux, Sprekeler & Gerstner 2010, J. Neurosci. 30, 13326",
    parameters=parameters(
        tau_plus="20 ms", tau_minus="20 ms", a_plus=1.0, a_minus=1.05, tau_eligibility="500 ms", rate=0.0
    ),
    traces=(
        Trace("trace_plus", "dtrace_plus/dt = -trace_plus/tau_plus : 1", "trace_plus += 1"),
        Trace("trace_minus", "dtrace_minus/dt = -trace_minus/tau_minus : 1", "trace_minus += 1"),
    ),
    states=(
        State(
            "eligibility",
            "deligibility/dt = -eligibility/tau_eligibility : 1",
            on_pre="eligibility -= a_minus*trace_minus_post",
            on_post="eligibility += a_plus*(trace_plus_pre + spiked_pre)",
        ),
    ),
    memories=(Memory("expected", "reward", "polarity > 0", rate="rate", scope="population"),),
    changes=(Change(pre="1", post="reward - expected", synapse="eligibility"),),
)
