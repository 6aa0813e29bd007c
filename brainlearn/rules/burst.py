"""Burst-dependent plasticity: the share of bursts among a unit's events says in which direction it should change."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, parameters

_TAUGHT = "int(activity >= least)*(feedback - feedback_before)"

BURST = Rule(
    name="burst",
    description="presynaptic events times the change of burst probability caused by top-down teaching",
    source="Payeur, Guerguiev, Zenke, Richards & Naud 2021, Nature Neuroscience 24:1010, equation 1 (bursts beside "
    "those expected, times presynaptic events), with the baseline of a phase without a teacher as in Greedy, Zhu, "
    "Pemberton, Mellor & Ponte Costa 2022, NeurIPS 35 (BurstCCN, equation 6)",
    parameters=parameters(least=0.001),  # events per step without which a unit does not learn; 0: all units do
    changes=(Change(pre="activity*gain", post=_TAUGHT),),
    top_down=(Change(pre=_TAUGHT, post="activity*gain"),),
)
