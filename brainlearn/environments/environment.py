"""Environments: any object with the interface of a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Environment(Protocol):
    """One environment; each copy of a circuit has its own.

    Attributes
    ----------
    observation_space, action_space : Box or Discrete
        Ours, or Gymnasium's.
    """

    observation_space: Any
    action_space: Any

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, the same for the same seed; return the first observation, and further information."""

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Act; return observation, reward, whether the episode ended, whether it reached its limit, and information."""


class VectorEnvironment(Protocol):
    """As many environments as copies in one object, with the interface of Gymnasium's vector environments.

    Attributes
    ----------
    num_envs : int
    single_observation_space, single_action_space : Box or Discrete
        Of each.
    """

    num_envs: int
    single_observation_space: Any
    single_action_space: Any

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in all of them; return the first observations, and further information."""

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Act in all; where an episode ended in the step before, begin the next. Returns as `Environment`, by copy."""


@dataclass(frozen=True)
class Kind:
    """A built-in environment.

    Parameters
    ----------
    make : callable
        Makes one; its keyword arguments are the settings.
    description, source : str
        One line for people, and the paper.
    """

    make: Callable[..., Any]
    description: str
    source: str
