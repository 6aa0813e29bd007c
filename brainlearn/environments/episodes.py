"""One environment for each copy; episodes begin and end independently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import numpy as np

from brainlearn.environments.environment import Environment
from brainlearn.environments.spaces import Discrete, known_space
from brainlearn.saved_state import Arrays, ForeignState, find


@dataclass(frozen=True)
class Episode:
    """An episode that is over.

    Parameters
    ----------
    copy, number : int
        Which copy lived it, and number of the episode in its copy, from 0.
    total : float
        Sum of all rewards.
    steps : int
        Decisions.
    terminated : bool
        Whether it came to its end; else to its limit.
    """

    copy: int
    number: int
    total: float
    steps: int
    terminated: bool


@dataclass
class _Life:
    """Where a copy is: its environment, and the current episode."""

    environment: Environment
    number: int = -1
    actions: list[Any] = field(default_factory=list)
    total: float = 0.0
    over: bool = False


class Episodes:
    """As many environments as copies; each begins a new episode as soon as the last is over.

    The step after the one that ended an episode begins the next, and its action changes nothing (next-step reset, as in
    vector environments of Gymnasium): so there is a presentation in which the outcome is seen.

    Parameters
    ----------
    make : callable
        Makes an environment.
    copies : int
    seed : sequence of int
        With copy and number of the episode it gives every episode its own seed.

    Attributes
    ----------
    observations : (copy, dimension) array
    reward : (copy,) array
        For the last action; 0 at the onset of an episode.
    continues : (copy,) array
        0 where that action ended the episode, so that nothing follows; else 1.
    fresh : (copy,) array of bool
        Copies at the onset of an episode.
    finished : list of Episode
        Since the list was last emptied.
    """

    def __init__(self, make: Callable[[], Environment], copies: int, seed: tuple[int, ...]) -> None:
        self._seed, self._lives = seed, [_Life(make()) for _ in range(copies)]
        first = self._lives[0].environment
        self._discrete = isinstance(known_space(first.action_space), Discrete)
        self.reward, self.continues = np.zeros(copies), np.ones(copies)
        self.fresh, self.finished = np.ones(copies, dtype=bool), list[Episode]()
        self.observations = np.stack([self._begin(copy) for copy in range(copies)])

    def step(self, actions: np.ndarray) -> None:
        """Act in every copy, (copy,) or (copy, dimension)."""
        for copy, (life, action) in enumerate(zip(self._lives, actions, strict=True)):
            self.fresh[copy] = life.over
            if life.over:
                self.observations[copy] = self._begin(copy)
                self.reward[copy], self.continues[copy] = 0.0, 1.0
            else:
                self._act(copy, life, action)

    def _act(self, copy: int, life: _Life, action: Any) -> None:
        observation, reward, terminated, truncated, _ = life.environment.step(self._as_taken(life, action))
        life.actions.append(action)
        life.total += float(reward)
        life.over = bool(terminated or truncated)
        self.observations[copy] = _flat(observation)
        self.reward[copy], self.continues[copy] = reward, not terminated
        if life.over:
            self.finished.append(Episode(copy, life.number, life.total, len(life.actions), bool(terminated)))

    def _as_taken(self, life: _Life, action: Any) -> Any:
        if self._discrete:
            return int(action)
        space = life.environment.action_space
        dtype, shape = getattr(space, "dtype", np.float64), getattr(space, "shape", np.shape(action))
        return np.clip(np.reshape(action, shape), space.low, space.high).astype(dtype)

    def _begin(self, copy: int) -> np.ndarray:
        life = self._lives[copy]
        life.number += 1
        life.actions, life.total, life.over = [], 0.0, False
        return self._reset(copy, life)

    def _reset(self, copy: int, life: _Life) -> np.ndarray:
        seed = np.random.SeedSequence([*self._seed, copy, life.number]).generate_state(1)[0]
        return _flat(life.environment.reset(seed=int(seed))[0])

    def take_finished(self) -> list[Episode]:
        """Return the episodes that are over, and forget them."""
        found, self.finished = self.finished, []
        return found

    def picture(self, copy: int) -> np.ndarray | None:
        """Return what the environment of a copy renders, (row, column, 3) uint8; None if it renders no arrays."""
        environment = self._lives[copy].environment
        if getattr(environment, "render_mode", None) != "rgb_array":
            return None
        return np.asarray(environment.render())  # type: ignore[attr-defined]

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return the current episodes with all actions in them: enough to replay them."""
        taken = [np.reshape(action, -1) for life in self._lives for action in life.actions]
        return {
            "number": np.array([life.number for life in self._lives]),
            "steps": np.array([len(life.actions) for life in self._lives]),
            "actions": np.array(taken, dtype=float).reshape(len(taken), -1 if taken else 1),
            "reward": self.reward.copy(),
            "continues": self.continues.copy(),
            "fresh": self.fresh.copy(),
            "observations": self.observations.copy(),
        }

    def restore(self, saved: Arrays) -> None:
        """Replay the saved episodes up to where they were.

        Raises
        ------
        ForeignState
            If they are those of other copies, or the environments show something else than they did.
        """
        numbers, steps, actions = (find(name, saved) for name in ("number", "steps", "actions"))
        if len(numbers) != len(self._lives) or steps.sum() != len(actions):
            raise ForeignState("the episodes belong to other copies")
        ends = np.cumsum(steps)[:-1]
        for copy, (life, taken) in enumerate(zip(self._lives, np.split(actions, ends), strict=True)):
            life.number = int(numbers[copy]) - 1
            self.observations[copy] = self._begin(copy)
            for action in taken:
                self._act(copy, life, action[0] if self._discrete else action)
        self.reward, self.continues, self.fresh = (np.array(find(n, saved)) for n in ("reward", "continues", "fresh"))
        if "observations" in saved:  # not in older checkpoints
            refuse_another_life(self.observations, saved["observations"])
        self.finished = []


def refuse_another_life(now: np.ndarray, then: np.ndarray) -> None:
    """Raise ForeignState if replayed episodes are not where they were; (copy, dimension) observations."""
    if now.shape != then.shape or not np.allclose(now, then, rtol=1e-6, atol=1e-9, equal_nan=True):
        wrong = "the environment shows something else after the same actions"
        raise ForeignState(f"{wrong}: it is another, or draws random numbers that do not come from the seed of reset")


def as_array(episodes: Sequence[Episode]) -> np.ndarray:
    """Return episodes as an array, (episode, 5)."""
    return np.array([astuple(episode) for episode in episodes], dtype=float).reshape(-1, 5)


def from_array(rows: np.ndarray) -> list[Episode]:
    """Return the episodes of an array."""
    return [Episode(int(c), int(n), float(total), int(steps), bool(end)) for c, n, total, steps, end in rows]


def _flat(observation: Any) -> np.ndarray:
    """Return an observation as numbers, (dimension,)."""
    return np.asarray(observation, dtype=float).reshape(-1)
