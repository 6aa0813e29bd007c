"""Online spatio-temporal learning: each synapse follows how much the membrane owes to it, through resets too."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, State, parameters

_DERIVATIVE = "(1 - tanh(({v} - {threshold})/(width*{threshold}))**2)/width"

OSTL = Rule(
    name="ostl",
    description="what the membrane owes to its synapse, resets included, times nearness of the threshold and feedback",
    source="Bohnstingl, Wozniak, Pantazi & Eleftheriou 2022, IEEE Transactions on Neural Networks and Learning "
    "Systems, arXiv 2007.12723 (online spatio-temporal learning), for units that are not connected with each other, "
    "with the derivative of tanh for that of the spike",
    parameters=parameters(tau_eligibility="20 ms", width=1),
    states=(
        State(
            "eligibility",
            "deligibility/dt = -eligibility/tau_eligibility : 1",
            on_pre="eligibility += gain_pre",
            on_step="eligibility *= 1 - " + _DERIVATIVE.format(v="v_post", threshold="threshold_v_post"),
        ),
    ),
    changes=(
        Change(
            pre="1",
            post="feedback*" + _DERIVATIVE.format(v="v", threshold="threshold_v"),
            when="step",
            synapse="eligibility",
        ),
    ),
)
