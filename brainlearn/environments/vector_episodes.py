"""One vector environment of Gymnasium for all copies: it begins their episodes itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from brainlearn.environments.environment import VectorEnvironment
from brainlearn.environments.episodes import Episode, refuse_another_life
from brainlearn.environments.spaces import Discrete, known_space
from brainlearn.saved_state import Arrays, ForeignState, find


class VectorEpisodes:
    """As `Episodes`, with one call for all copies.

    The environment is seeded once, and draws later episodes itself. Only all actions since then, in their order, lead
    to where it is: they are kept, and taken once more to continue from a saved state.

    Parameters
    ----------
    make : callable
        Makes a vector environment with as many environments as copies, which begins an episode in the step after the
        end of the last.
    copies : int
    seed : sequence of int

    Attributes
    ----------
    observations, reward, continues, fresh, finished
        As of `Episodes`.
    """

    def __init__(self, make: Callable[[], VectorEnvironment], copies: int, seed: tuple[int, ...]) -> None:
        self._environment, self._seed, self._copies = make(), seed, copies
        self._space = self._environment.single_action_space
        self._discrete = isinstance(known_space(self._space), Discrete)
        self._begin()

    def _begin(self) -> None:
        copies, seed = self._copies, np.random.SeedSequence(self._seed).generate_state(1)[0] >> 1  # room to count on
        self.observations = _rows(self._environment.reset(seed=int(seed))[0], copies)
        self.reward, self.continues = np.zeros(copies), np.ones(copies)
        self.fresh, self._over = np.ones(copies, dtype=bool), np.zeros(copies, dtype=bool)
        self.finished, self._actions = list[Episode](), list[np.ndarray]()
        self._number, self._steps, self._total = np.zeros((3, copies))

    def step(self, actions: np.ndarray) -> None:
        """Act in every copy, (copy,) or (copy, dimension)."""
        told = self._environment.step(self._as_taken(actions))
        observations, reward, terminated, truncated = (np.array(each) for each in told[:4])
        self._actions.append(np.array(actions, dtype=float).reshape(self._copies, -1))
        self.fresh, self._over = self._over, terminated.astype(bool) | truncated.astype(bool)
        self.observations = _rows(observations, self._copies)
        self.reward = np.where(self.fresh, 0.0, reward.astype(float))
        self.continues = np.where(terminated, 0.0, 1.0)
        self._number += self.fresh
        self._steps = np.where(self.fresh, 0, self._steps + 1)
        self._total = np.where(self.fresh, 0.0, self._total + self.reward)
        for copy in np.flatnonzero(self._over):
            ended = int(self._number[copy]), float(self._total[copy]), int(self._steps[copy])
            self.finished.append(Episode(int(copy), *ended, bool(terminated[copy])))

    def _as_taken(self, actions: np.ndarray) -> np.ndarray:
        dtype = getattr(self._space, "dtype", np.int64 if self._discrete else np.float64)
        if self._discrete:
            return np.asarray(actions).astype(dtype).reshape(self._copies)
        shape = getattr(self._space, "shape", (-1,))
        shaped = np.reshape(actions, (self._copies, *shape))
        return np.clip(shaped, self._space.low, self._space.high).astype(dtype)

    def take_finished(self) -> list[Episode]:
        """Return the episodes that are over, and forget them."""
        found, self.finished = self.finished, []
        return found

    def picture(self, copy: int) -> None:
        """Return nothing: vector environments render no single copy."""

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all actions since the environment was seeded, and what it shows."""
        actions = np.array(self._actions).reshape(len(self._actions), self._copies, -1 if self._actions else 1)
        return {"all_actions": actions, "observations": self.observations.copy()}

    def restore(self, saved: Arrays) -> None:
        """Repeat the saved actions; ForeignState if they are of other copies, or lead somewhere else."""
        actions = find("all_actions", saved)
        if actions.ndim != 3 or actions.shape[1] != self._copies:
            raise ForeignState("the episodes belong to other copies")
        self._begin()
        for each in actions:
            self.step(each[:, 0] if self._discrete else each)
        refuse_another_life(self.observations, find("observations", saved))
        self.finished = []


def _rows(observations: Any, copies: int) -> np.ndarray:
    """Return observations as numbers, (copy, dimension)."""
    return np.array(observations, dtype=float).reshape(copies, -1)
