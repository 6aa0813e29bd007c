"""Triplets of spikes: what a pair does depends on how long ago the unit spiked before."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

TRIPLET_STDP = Rule(
    name="triplet_stdp",
    description="pairs and triplets of spikes: strengthening grows with the rate of the postsynaptic unit",
    source="Pfister & Gerstner 2006, Journal of Neuroscience 26, 9673, equations 1 to 4; all-to-all, visual cortex "
    "(table 4)",
    parameters=parameters(
        tau_plus="16.8 ms",
        tau_minus="33.7 ms",
        tau_x="101 ms",
        tau_y="125 ms",
        a2_plus=5e-10,
        a2_minus=7e-3,
        a3_plus=6.2e-3,
        a3_minus=2.3e-4,
    ),
    traces=(
        Trace("trace_plus", "dtrace_plus/dt = -trace_plus/tau_plus : 1", "trace_plus += 1"),
        Trace("trace_x", "dtrace_x/dt = -trace_x/tau_x : 1", "trace_x += 1"),
        Trace("trace_minus", "dtrace_minus/dt = -trace_minus/tau_minus : 1", "trace_minus += 1"),
        Trace("trace_y", "dtrace_y/dt = -trace_y/tau_y : 1", "trace_y += 1"),
    ),
    changes=(
        Change(pre="-(a2_minus + a3_minus*trace_x)", post="trace_minus", when="pre_spike"),
        Change(pre="trace_plus", post="a2_plus + a3_plus*trace_y", when="post_spike"),
    ),
)
