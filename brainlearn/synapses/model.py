"""What a synapse model is: what one spike, or a graded activity, does to the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sign = Literal["excitatory", "inhibitory", "mixed"]


@dataclass(frozen=True)
class SynapseModel:
    """A synapse model as Brian2 text; exactly one of `on_pre` and `transmit` is given.

    Parameters
    ----------
    name : str
        As a circuit file calls it.
    on_pre : str
        Statements for a presynaptic spike, as in ``v_post += w``. The weight `w` is dimensionless.
    transmit : str
        What is transmitted all the time, as in ``drive_post = w*activity_pre``; summed over the synapses.
    sign : "excitatory", "inhibitory" or "mixed"
        The sign that its weights must have; "mixed" takes any.
    description, source : str
        One line for people, and the paper.
    """

    name: str
    on_pre: str = ""
    transmit: str = ""
    sign: Sign = "mixed"
    description: str = ""
    source: str = ""
