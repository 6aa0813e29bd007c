"""Plasticity by the voltage of the postsynaptic unit: its filtered depolarisation, and what is left of input."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

VOLTAGE_STDP = Rule(
    name="voltage_stdp",
    description="depression by presynaptic spikes at a depolarised unit, potentiation while its voltage is high",
    source="Clopath, Büsing, Vasilaki & Gerstner 2010, Nature Neuroscience 13, 344, equations 1 to 3 and homeostasis, "
    "visual cortex (table 1b); filtered voltages are counted from rest, at which they begin",
    parameters=parameters(
        rest="-70.6 mV",
        theta_minus="-70.6 mV",
        theta_plus="-45.3 mV",
        a_ltd="1.4e-4 mV**-1",
        a_ltp="8e-5 mV**-2",
        tau_x="15 ms",
        tau_minus="10 ms",
        tau_plus="7 ms",
        tau_mean="1 s",
        reference="60 mV**2",
    ),
    traces=(
        Trace("x", "dx/dt = -x/tau_x : 1", "x += 1"),
        Trace("u_minus", "du_minus/dt = (v - rest - u_minus)/tau_minus : volt", ""),
        Trace("u_plus", "du_plus/dt = (v - rest - u_plus)/tau_plus : volt", ""),
        Trace("u_mean", "du_mean/dt = (v - rest - u_mean)/tau_mean : volt", ""),
    ),
    changes=(
        Change(
            pre="-a_ltd",
            post="u_mean**2/reference*(u_minus + rest - theta_minus)*int(u_minus + rest > theta_minus)",
            when="pre_spike",
        ),
        Change(
            pre="a_ltp*x/tau_x",
            post="(v - theta_plus)*int(v > theta_plus)*(u_plus + rest - theta_minus)*int(u_plus + rest > theta_minus)",
            when="continuous",
        ),
    ),
)
