"""A choice whose reward comes later: only what remembers the choice can learn from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.environments.spaces import Discrete

Step = tuple[int, float, bool, bool, dict[str, Any]]


class DelayedReward:
    """A cue, left or right, is followed by a choice, and `delay` decisions later by the reward for it.

    Observations are 0 and 1, the cues, and 2 while the reward is awaited; what is done then changes nothing. Source:
    the distal reward problem of Izhikevich 2007, Cerebral Cortex 17, 2443.

    Parameters
    ----------
    delay : int
        Decisions between the choice and its reward.
    right, wrong : float
        Rewards for the choice that the cue names, and for the other.
    """

    def __init__(self, delay: int = 2, right: float = 1.0, wrong: float = -1.0) -> None:
        self.delay, self.right, self.wrong = delay, right, wrong
        self.observation_space, self.action_space = Discrete(3), Discrete(2)
        self.max_steps = delay + 1

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Draw a cue."""
        self._cue, self._steps = int(np.random.default_rng(seed).integers(2)), 0
        return self._cue, {}

    def step(self, action: int) -> Step:
        """Choose, or wait."""
        if self._steps == 0:
            self._reward = self.right if action == self._cue else self.wrong
        self._steps += 1
        over = self._steps > self.delay
        return 2, self._reward if over else 0.0, over, False, {}
