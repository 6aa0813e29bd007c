"""Contrastive-signal-dependent plasticity: Forward-Forward on spikes, at every spike."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

CSDP = Rule(
    name="csdp",
    description="at each presynaptic spike, the trace of the target times its effect on the goodness of all traces",
    source="Ororbia 2024, Science Advances 10, eadn6076 (contrastive-signal-dependent plasticity: goodness of spike "
    "traces, changes driven by presynaptic spikes, decay where the target spikes without them)",
    parameters=parameters(threshold=0.06, width=1 / 60, tau_trace="13 ms", decay=0),
    traces=(Trace("trace", "dtrace/dt = -trace/tau_trace : 1", "trace += 1"),),
    broadcasts={"goodness": "trace**2"},
    modulators={
        "surprise": "clip(polarity*(goodness - threshold)/width, -60, 60)",
        "modulator": "polarity/(1 + exp(surprise))",
    },
    changes=(
        Change(pre="1", post="modulator*trace", when="pre_spike"),
        Change(pre="-decay*(1 - spiked)", post="1", when="post_spike"),
    ),
)
