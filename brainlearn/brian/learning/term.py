"""One term of a rule, as it is evaluated."""

from __future__ import annotations

import numpy as np

from brainlearn.expression import parse_expression
from brainlearn.rules.rule import Change


class Term:
    """A term of a rule, parsed; see `Change`.

    Attributes
    ----------
    pre, post : Expression
    weight, synapse : Expression or None
        None: the weight is no factor, or no state of the synapse.
    when : str
    arrived : (copy, pre) array
        The presynaptic side as it arrives in this step, under a delay.
    """

    def __init__(self, change: Change) -> None:
        self.pre, self.post, self.when = parse_expression(change.pre), parse_expression(change.post), change.when
        self.weight = parse_expression(change.weight) if change.weight else None
        self.synapse = parse_expression(change.synapse) if change.synapse else None
        self.arrived = np.empty(0)
