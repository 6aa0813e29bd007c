"""Pair-based spike-timing-dependent plasticity."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

PAIR_STDP = Rule(
    name="pair_stdp",
    description="pre before post strengthens, post before pre weakens; all pairs, exponential windows",
    source="Song, Miller & Abbott 2000, Nature Neuroscience 3, 919, equation 1; traces as in Morrison et al. 2008",
    parameters=parameters(tau_plus="20 ms", tau_minus="20 ms", a_plus=0.01, a_minus=0.0105),
    traces=(
        Trace("trace_plus", "dtrace_plus/dt = -trace_plus/tau_plus : 1", "trace_plus += 1"),
        Trace("trace_minus", "dtrace_minus/dt = -trace_minus/tau_minus : 1", "trace_minus += 1"),
    ),
    changes=(
        Change(pre="a_plus*(trace_plus + spiked)", post="1", when="post_spike"),
        Change(pre="-a_minus", post="trace_minus", when="pre_spike"),
    ),
)
