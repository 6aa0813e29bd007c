"""Alignment: the angle between what a local rule proposes in Brian2 and the negative gradient in the mirror.

`measure.py` shows the rounds of the task and keeps what the rule proposes beside the gradient, which is that of
goodness (`of_goodness.py`) or that of what outputs do (`of_targets.py`); `compare.py` makes angles (`angles.py`) of it.
"""
