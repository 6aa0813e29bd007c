"""A round pool with a hidden platform, whose place the swimmer must learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.environments.spaces import Box

Step = tuple[np.ndarray, float, bool, bool, dict[str, Any]]
STARTS = np.array([[0.0, 0.9], [0.9, 0.0], [0.0, -0.9], [-0.9, 0.0]])


class WaterMaze:
    """A pool of radius 1; an episode begins at one of four places at its rim, and ends on the platform.

    The action is the direction to swim in, of any length above 0; every decision swims `stride`. The observation is
    the place. Source: Morris, Garrud, Rawlins & O'Keefe 1982, Nature 297, 681; as a task of reward learning Foster,
    Morris & Dayan 2000, Hippocampus 10, 1, and Frémaux, Sprekeler & Gerstner 2013, PLoS Comput. Biol. 9:e1003024.

    Parameters
    ----------
    platform : (float, float)
        Where its middle is.
    radius : float
        Of the platform.
    stride : float
    reward, wall : float
        For reaching the platform, and for swimming into the wall.
    max_steps : int
        After so many decisions an episode is given up.
    """

    def __init__(
        self,
        platform: tuple[float, float] = (0.35, 0.35),
        radius: float = 0.2,
        stride: float = 0.1,
        reward: float = 1.0,
        wall: float = 0.0,
        max_steps: int = 200,
    ) -> None:
        self.platform, self.radius, self.stride = np.asarray(platform, dtype=float), radius, stride
        self.reward, self.wall, self.max_steps = reward, wall, max_steps
        self.observation_space, self.action_space = (Box((-1.0, -1.0), (1.0, 1.0)) for _ in range(2))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Draw the place of the start."""
        self._place, self._steps = STARTS[np.random.default_rng(seed).integers(len(STARTS))].copy(), 0
        return self._place.copy(), {}

    def step(self, action: np.ndarray) -> Step:
        """Swim."""
        self._steps += 1
        length = float(np.hypot(*action))
        place = self._place + (self.stride / length * np.asarray(action) if length else 0.0)
        outside = float(np.hypot(*place)) > 1.0
        self._place = place / np.hypot(*place) if outside else place
        found = float(np.hypot(*(self._place - self.platform))) <= self.radius
        reward = self.reward if found else self.wall * outside
        return self._place.copy(), reward, found, self._steps >= self.max_steps and not found, {}
