"""Switches units of populations with dropout off and on, when a round begins."""

from __future__ import annotations

from collections.abc import Mapping

from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.brian.share import Share
from brainlearn.circuit.dropout import Dropout
from brainlearn.neurons.switched import ON


def switch_units(
    dropout: Dropout, populations: Mapping[str, PopulationGroup], copies: int, share: Share, learn: bool
) -> None:
    """Switch units off in a round for learning, and all of them on in another.

    Parameters
    ----------
    dropout : Dropout
    populations : mapping of str to PopulationGroup
        By path.
    copies : int
        Copies of all processes: each draws for all, and takes those that it holds.
    share : Share
    learn : bool
    """
    on = dropout.draw(copies) if learn else {}
    for path in dropout.fractions:
        populations[path].set(ON, share.own(on[path]) if learn else 1.0)
    for path, gain in dropout.gains.items():
        populations[path].set(GAIN, gain if learn else 1.0)
