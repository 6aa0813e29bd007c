"""What learned in a run: a rule, on either engine, or backpropagation."""

from __future__ import annotations

BASELINES = ("backprop_through_time", "checkpointing", "backprop")
"""Names that a result gives backpropagation instead of a rule; no rule of the mirror has one of them."""


def by_gradients(engine: str, rule: str) -> bool:
    """Return whether backpropagation learned, given the attributes `engine` and `rule` of a result.

    >>> by_gradients("mirror", "backprop"), by_gradients("mirror", "forward_forward")
    (True, False)
    """
    return engine == "mirror" and rule in BASELINES
