"""Temporal differences without marked phases: a fast and a slow trace of calcium, and their difference."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

_SOURCE = (
    "O'Reilly's kinase algorithm (compcogneuro.org; emer/axon): dW = (CaP - CaD)*Syn with time constants 2, 40 and "
    "40 ms; Jang, Flores, O'Reilly & Zito 2026, compcogneuro.org/jang-et-al-2026 (measured)"
)
_TIMES = {"tau_cam": "2 ms", "tau_cap": "40 ms", "tau_cad": "40 ms"}
# Each stage follows the one before; all are 1 on average for a unit that continues spiking at the reference rate. The
# jump is that of a decay in steps: with 2 ms and steps of 1 ms, dt/tau_cam would be a quarter too much.
_CASCADE = (
    Trace(
        "cam",
        "dcam/dt = -cam/tau_cam : 1",
        on_spike="cam += (1 - exp(-dt/tau_cam))/(reference*dt)",
        graded="dcam/dt = (activity - cam)/tau_cam : 1",
    ),
    Trace("cap", "dcap/dt = (cam - cap)/tau_cap : 1", on_spike=""),
    Trace("cad", "dcad/dt = (cap - cad)/tau_cad : 1", on_spike=""),
)

KINASE = Rule(
    name="kinase",
    description="presynaptic trace, saturating, times fast minus slow calcium trace, read at the end of a phase",
    source=_SOURCE,
    parameters=parameters(**_TIMES, reference="50 Hz", half=0.2),
    traces=_CASCADE,
    changes=(Change(pre="cad/(cad + half)", post="cap - cad"),),
)

KINASE_CONTINUOUS = Rule(
    name="kinase_continuous",
    description="presynaptic trace times fast minus slow calcium trace, in every step of a phase",
    source=_SOURCE + "; credit by a trace of presynaptic spikes of 30 ms, as the algorithm's Syn",
    parameters=parameters(**_TIMES, reference="50 Hz", tau_synaptic="30 ms"),
    traces=(
        *_CASCADE,
        Trace(
            "synaptic_calcium",
            "dsynaptic_calcium/dt = -synaptic_calcium/tau_synaptic : 1",
            on_spike="synaptic_calcium += (1 - exp(-dt/tau_synaptic))/(reference*dt)",
            graded="dsynaptic_calcium/dt = (activity - synaptic_calcium)/tau_synaptic : 1",
        ),
    ),
    changes=(Change(pre="synaptic_calcium", post="cap - cad", when="step"),),
)
