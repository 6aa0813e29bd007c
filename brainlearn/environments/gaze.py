"""The vestibulo-ocular reflex: the head turns, and the eyes must turn the other way to keep the image still."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.environments.spaces import Box

Step = tuple[np.ndarray, float, bool, bool, dict[str, Any]]


class Gaze:
    """The head turns to and fro; the action is the velocity of the eyes, and what is left of the image's is slip.

    The observation is the velocity of the head, now, and the slip, which vision tells `delay` decisions late. A
    reward of ``-slip**2`` is told as late. Velocities are in multiples of the greatest one of the head; the gain of the
    reflex, which is 1 if the image is still, is the slope of minus eye against head velocity. Source: Ito 1982,
    Annual Review of Neuroscience 5, 275; as a model of learning Clopath, Badura, De Zeeuw & Brunel 2014, J. Neurosci.
    34, 7203.

    Parameters
    ----------
    period : int
        Decisions of one turn to and fro.
    delay : int
        From a slip to what vision tells of it, in decisions.
    cycles : int
        Turns of an episode.
    """

    def __init__(self, period: int = 50, delay: int = 5, cycles: int = 4) -> None:
        self.period, self.delay, self.max_steps = period, delay, period * cycles
        self.observation_space, self.action_space = Box((-1.0, -3.0), (1.0, 3.0)), Box((-2.0,), (2.0,))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Draw the initial phase of the head's turn."""
        self._onset = float(np.random.default_rng(seed).random())
        self._steps, self._slips = 0, [0.0] * self.delay
        return np.array([self._head(), 0.0]), {}

    def _head(self) -> float:
        return float(np.sin(2 * np.pi * (self._onset + self._steps / self.period)))

    def step(self, action: np.ndarray) -> Step:
        """Turn the eyes while the head turns."""
        self._slips.append(self._head() + float(np.asarray(action).reshape(-1)[0]))
        told = self._slips.pop(0)
        self._steps += 1
        return np.array([self._head(), told]), -(told**2), False, self._steps >= self.max_steps, {}
