"""Online training through time: tracked presynaptic spikes stand for the past, and errors come in space only."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

# The derivative of a sigmoid is the same on both sides of the threshold: with the absolute distance no exponential
# overflows.
_DISTANCE = "exp(-abs(v - threshold_v)/(width*threshold_v))"

OTTT = Rule(
    name="ottt",
    description="tracked presynaptic spikes times a sigmoid's derivative at the threshold times feedback",
    source="Xiao, Meng, Zhang, He & Lin 2022, NeurIPS 35 (online training through time, OTTT_A: gradients of all steps "
    "of a phase are summed up), with the derivative of the sigmoid of its appendix",
    parameters=parameters(tau_tracked="20 ms", width=0.25),
    traces=(
        Trace(
            "tracked",
            "dtracked/dt = -tracked/tau_tracked : 1",
            on_spike="tracked += 1",
            graded="dtracked/dt = (activity - tracked)/tau_tracked : 1",
        ),
    ),
    changes=(Change(pre="tracked*gain", post=f"feedback*{_DISTANCE}/(1 + {_DISTANCE})**2/width", when="step"),),
)
