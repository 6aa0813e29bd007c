"""An environment in a simulation: it reports results of actions to rules, and begins episodes copy by copy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from brainlearn.brian.learning.plasticity import Learning
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.presenter import Round
from brainlearn.brian.share import Share


def tell_outcomes(shown: Round, rules: Iterable[Learning], share: Share) -> None:
    """Let rules read reward, and whether an episode continues, of the copies of this process."""
    outcomes = {name: share.own(values)[:, None] for name, values in shown.outcomes().items()}
    for rule in rules:
        for told in rule.neuromodulation.values():
            told.outcomes = outcomes


def restart(
    shown: Round,
    populations: Iterable[Any],
    projections: Iterable[Any],
    learning: Iterable[ProjectionLearning],
    share: Share,
) -> None:
    """Let units and synapses start over in the copies in which an episode begins."""
    if shown.restart is None or not shown.restart.any():
        return
    copies: np.ndarray = share.own(shown.restart)
    for each in (*populations, *projections, *learning):
        each.restart(copies)
