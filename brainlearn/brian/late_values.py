"""What continuous synapses see of their source: what it was as many steps ago as their delay is long."""

from __future__ import annotations

import numpy as np

from brainlearn.brian.delivery import sum_late
from brainlearn.brian.shared_weights import SharedWeights
from brainlearn.saved_state import Arrays, ForeignState, find


class LateValues:
    """Values of source units, in transit to synapses with one delay or with their own delays.

    Parameters
    ----------
    weights : SharedWeights
    delay : int
        For synapses without their own delay, in steps.
    """

    def __init__(self, weights: SharedWeights, delay: int) -> None:
        self._weights, self._rows = weights, weights.rows
        self._each = None if self._rows is None else self._rows.delays
        self._delay = delay
        self._length = 1 + (delay if self._each is None else int(self._each.max(initial=0)))
        self._past: np.ndarray | None = None
        self._place = self._still = 0

    def clear(self) -> None:
        """Start over: before the first step, values were as in it."""
        self._past = None

    def restart(self, copies: np.ndarray, values: np.ndarray) -> None:
        """Let all that is in transit in some copies, (copy,) bool, be as `values`, (copy, pre)."""
        if self._past is not None:
            self._past[:, copies] = values[copies]
            self._still = 0

    def take_in(self, values: np.ndarray) -> bool:
        """Take in what is sent in this step, (copy, pre), and return whether anything else arrives than in the last."""
        if self._past is None:
            self._past = np.array(np.broadcast_to(values, (self._length, *values.shape)))
            self._place = self._still = 0
            return True
        last = self._past[self._place]
        self._still = self._still + 1 if np.array_equal(values, last) else 0
        self._place = (self._place + 1) % self._length
        self._past[self._place] = values
        return self._still < self._length

    @property
    def arriving(self) -> np.ndarray:
        """What arrives in this step at synapses of one delay, (copy, pre)."""
        assert self._past is not None
        arriving: np.ndarray = self._past[(self._place - self._delay) % self._length]
        return arriving

    def sum_into(self, target: np.ndarray) -> None:
        """Set `target`, (copy, post), to the weighted sums of what arrives in this step."""
        assert self._past is not None
        if self._each is None:
            self._weights.sum_into(self.arriving, target)
        else:
            assert self._rows is not None
            ends = self._rows.starts, self._rows.posts, self._weights.values
            sum_late(self._past, self._place, self._each, *ends, target)

    def state(self) -> Arrays:
        """Return what is in transit, (step, copy, pre), the oldest first; nothing before the first step."""
        return {} if self._past is None else {"sent": np.roll(self._past, -self._place - 1, axis=0)}

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned.

        Raises
        ------
        ForeignState
            If it was of other delays.
        """
        self.clear()
        if "sent" in saved:
            past = np.array(find("sent", saved))
            if len(past) != self._length:
                raise ForeignState("the values in transit to continuous synapses belong to other delays")
            self._past, self._place, self._still = past, self._length - 1, 0
