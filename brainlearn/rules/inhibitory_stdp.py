"""Inhibitory synapses that drive their target to a rate."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

INHIBITORY_STDP = Rule(
    name="inhibitory_stdp",
    description="spike pairs strengthen, lone presynaptic spikes weaken, until the target reaches a given rate",
    source="Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, Science 334, 1569, equations S10 and S11; weights grow "
    "with inhibition, as conductances do",
    parameters=parameters(tau="20 ms", target_rate="3 Hz"),
    traces=(Trace("trace", "dtrace/dt = -trace/tau : 1", "trace += 1"),),
    changes=(
        Change(pre="1", post="trace - 2*target_rate*tau", when="pre_spike"),
        Change(pre="trace + spiked", post="1", when="post_spike"),
    ),
)
