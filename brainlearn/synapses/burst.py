"""Top-down synapses that facilitate: of the events of their source only bursts reach the apical dendrite."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

BURST = SynapseModel(
    name="burst",
    on_pre="apical_post += w*int(plateau_pre + 1/(1 + exp(-slope_pre*apical_pre)) > 1)",
    description="a burst of the source, but not a single spike, adds its weight to the apical dendrite",
    source="Payeur, Guerguiev, Zenke, Richards & Naud 2021, Nature Neuroscience 24:1010, figure 3 (short-term "
    "facilitation decodes bursts; depression, events)",
)
