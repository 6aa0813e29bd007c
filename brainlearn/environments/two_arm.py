"""A slot machine with two arms: one pays more often, and which one may depend on a cue."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.environments.spaces import Discrete

Step = tuple[int, float, bool, bool, dict[str, Any]]


class TwoArm:
    """One decision an episode: the better arm of a cue pays 1 with probability `better`, the other with `worse`.

    After cue 0 arm 0 is the better one, after cue 1 arm 1, and so on in turn; with one cue it is arm 0. Source: Sutton
    & Barto 2018, Reinforcement Learning, 2nd edition, chapter 2 (bandits), section 2.9 (with cues).

    Parameters
    ----------
    better, worse : float
        Probabilities of a reward of 1; else it is 0.
    cues : int
    """

    max_steps = 1

    def __init__(self, better: float = 0.8, worse: float = 0.2, cues: int = 1) -> None:
        self.better, self.worse = better, worse
        self.observation_space, self.action_space = Discrete(cues), Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Draw a cue."""
        self._rng = np.random.default_rng(seed)
        self._cue = int(self._rng.integers(self.observation_space.n))
        return self._cue, {}

    def step(self, action: int) -> Step:
        """Pull an arm."""
        chance = self.better if action == self._cue % 2 else self.worse
        return self._cue, float(self._rng.random() < chance), True, False, {}
