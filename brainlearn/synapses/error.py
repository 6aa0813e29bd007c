"""Errors travel down to the values that caused the prediction."""

from __future__ import annotations

from brainlearn.synapses.model import SynapseModel

ERROR = SynapseModel(
    name="error",
    transmit="top_down_post = w*error_pre",
    description="an error unit changes the values below from which its prediction came",
    source="Whittington & Bogacz 2017, Neural Comput. 29:1229, section 2 (value and error nodes)",
)
