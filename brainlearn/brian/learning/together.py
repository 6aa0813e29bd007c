"""Projections learn at the end of a phase; processes that share the copies exchange all proposals at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.share import Share


def learn_together(learning: Collection[ProjectionLearning], taking_part: np.ndarray, share: Share) -> None:
    """Take the mean of what the copies of all processes propose into the weights, which stay the same everywhere.

    Then populations move their memories.

    Parameters
    ----------
    learning : collection of ProjectionLearning
        The same ones in every process, in the same order.
    taking_part : (copy,) bool array
        Which copies of this process learn.
    share : Share
    """
    told = list(dict.fromkeys(each.post for each in learning))
    if share.size > 1:
        _exchange(learning, told, taking_part, share)
        return
    for each in learning:
        each.learn(taking_part)
    for one in told:
        one.remember(one.to_remember())


def _exchange(
    learning: Iterable[ProjectionLearning], told: Sequence[Neuromodulation], taking_part: np.ndarray, share: Share
) -> None:
    """Learn with the other processes: all that is summed over copies in one flat buffer, counts of copies too."""
    proposals = [(each, total) for each in learning if (total := each.summed(taking_part)) is not None]
    memories = [(one, one.to_remember()) for one in told]
    parts = [total for _, total in proposals] + [values for _, sums in memories for values in sums]
    if not parts:
        return
    count = np.array([np.count_nonzero(taking_part)], dtype=parts[0].dtype)  # exact to 2**24 copies
    flat = share.total(np.concatenate([each.ravel() for each in parts] + [count]))
    ends = np.cumsum([each.size for each in parts])
    summed = [each.reshape(part.shape) for each, part in zip(np.split(flat[:-1], ends[:-1]), parts, strict=True)]
    for (each, _), total in zip(proposals, summed, strict=False):
        total /= max(flat[-1], 1)
        each.take_in(total)
    left = iter(summed[len(proposals) :])
    for one, sums in memories:
        one.remember([next(left) for _ in sums])
