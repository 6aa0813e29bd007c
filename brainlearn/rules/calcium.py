"""Calcium at the synapse strengthens or weakens it, by how long it stays above two thresholds."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, State, parameters

CALCIUM = Rule(
    name="calcium",
    description="spikes of both units add to calcium, whose time above two thresholds moves the weight",
    source="Graupner & Brunel 2012, PNAS 109, 3991, equations 1 and 2 without the noise, numbers of the DP curve "
    "(table S1); the weight is the efficacy rho, from 0 to 1",
    parameters=parameters(
        tau_calcium="20 ms",
        pre_amount=1.0,
        post_amount=2.0,
        latency="13.7 ms",
        theta_d=1.0,
        theta_p=1.3,
        gamma_d=200.0,
        gamma_p=321.808,
        tau="150 s",
        unstable=0.5,
    ),
    states=(
        State(
            "calcium",
            "dcalcium/dt = -calcium/tau_calcium : 1",
            on_pre="calcium += pre_amount",
            on_post="calcium += post_amount",
            delay="latency",
        ),
    ),
    changes=(
        Change(pre="1/tau", post="1", when="continuous", weight="-w*(1 - w)*(unstable - w)"),
        Change(pre="gamma_p/tau", post="1", when="continuous", weight="1 - w", synapse="int(calcium > theta_p)"),
        Change(pre="-gamma_d/tau", post="1", when="continuous", weight="w", synapse="int(calcium > theta_d)"),
    ),
)
