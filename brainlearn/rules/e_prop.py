"""Eligibility propagation: each synapse keeps what it may be responsible for, and a learning signal says how well."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

E_PROP = Rule(
    name="e_prop",
    description="filtered presynaptic spikes times nearness of the threshold times what feedback brings, in every step",
    source="Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass 2020, Nature Communications 11:3625, "
    "equation 1, with the eligibility trace of LIF neurons and the triangular pseudo-derivative of its methods",
    parameters=parameters(tau_filter="5 ms", width=1),
    traces=(
        Trace(
            "filtered",
            "dfiltered/dt = -filtered/tau_filter : 1",
            on_spike="filtered += 1 - exp(-dt/tau_filter)",
            graded="dfiltered/dt = (activity - filtered)/tau_filter : 1",
        ),
    ),
    changes=(
        Change(
            pre="filtered*gain",
            post="feedback*clip(1 - abs(v - threshold_v)/(width*threshold_v), 0, 1)",
            when="step",
        ),
    ),
)
