"""Projections learn at the end of a phase; processes that share the copies exchange all proposals at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

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
    if share.size > 1:
        _exchange(learning, taking_part, share)
    else:
        for each in learning:
            each.learn(taking_part)
    for told in dict.fromkeys(each.post for each in learning):
        told.remember()


def _exchange(learning: Iterable[ProjectionLearning], taking_part: np.ndarray, share: Share) -> None:
    """Learn with the other processes: all proposals in one flat buffer, with the number of copies that take part."""
    sums = [(each, total) for each in learning if (total := each.summed(taking_part)) is not None]
    if not sums:
        return
    count = np.array([np.count_nonzero(taking_part)], dtype=sums[0][1].dtype)  # exact to 2**24 copies
    flat = share.total(np.concatenate([total.ravel() for _, total in sums] + [count]))
    flat[:-1] /= max(flat[-1], 1)
    begin = 0
    for each, total in sums:
        each.take_in(flat[begin : begin + total.size].reshape(total.shape))
        begin += total.size
