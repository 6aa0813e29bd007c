"""Environments that a script passes instead of a name: a class, a function that makes one, or one itself."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from brainlearn.environments import ENVIRONMENTS
from brainlearn.environments.episodes import Episodes
from brainlearn.environments.making import Make, registered, spaces_of
from brainlearn.environments.spaces import Discrete, Space
from brainlearn.environments.vector_episodes import VectorEpisodes
from brainlearn.mistakes import Mistake, UserError

NEXT_STEP = "NextStep"  # how Gymnasium calls vector environments that begin an episode in the step after the last
PROBED = 30  # actions of both environments that are held against each other
MAKE = "environment.make"


def live_in(make: Callable[[], Any], copies: int, seed: tuple[int, ...]) -> Episodes | VectorEpisodes:
    """Return the episodes of all copies: in one environment each, or in a vector environment for all."""
    made = make()
    if not is_vector(made):
        return Episodes(make, copies, seed)
    return VectorEpisodes(lambda: made, copies, seed)


def is_vector(made: Any) -> bool:
    """Return whether an environment is one for all copies."""
    return hasattr(made, "num_envs")


def maker_from(given: Any, name: str) -> Make:
    """Return the function that makes environments, one after the other.

    Parameters
    ----------
    given : callable, or an environment
        A class or function that is called without arguments, or an environment with the interface of Gymnasium, a
        vector environment too; of that copies are made.
    name : str
        What the experiment calls it.

    Raises
    ------
    UserError
        If nothing can be made of it, it has no such interface, or spaces that nothing encodes.
    """
    if name in ENVIRONMENTS or name in registered():
        wrong, hint = "is the name of another environment", "Give your own environment another name."
        raise UserError(Mistake("environment.name", wrong, f'"{name}"', "", hint))
    make = given if _is_maker(given) else partial(copy.deepcopy, given)
    try:
        made = make()
    except Exception as error:  # whatever a script's own code raises
        hint = "Hand over a function without arguments that makes it."
        raise UserError(
            Mistake(MAKE, f'"{name}" cannot be made', f"{type(error).__name__}: {error}", "", hint)
        ) from error
    if missing := [*_missing(made)]:
        raise UserError(*missing)
    spaces_of(made, name)
    return make


def _is_maker(given: Any) -> bool:
    return isinstance(given, type) or not hasattr(given, "step")


def _missing(made: Any) -> Iterator[Mistake]:
    before = "single_" if is_vector(made) else ""
    needed = ("reset", "step", f"{before}observation_space", f"{before}action_space")
    missing = [each for each in needed if not hasattr(made, each)]
    if missing:
        found, allowed = f"{type(made).__name__} without {', '.join(missing)}", ", ".join(needed)
        yield Mistake(MAKE, "does not have the interface of a Gymnasium environment", found, allowed)


def check_vector(made: Any, copies: int) -> Iterator[Mistake]:
    """Check that a vector environment has as many environments as copies, and begins episodes when they expect it."""
    if not is_vector(made):
        return
    if made.num_envs != copies:
        hint = f"Make {copies} environments, or change training.copies."
        yield Mistake(MAKE, "does not fit training.copies", f"{made.num_envs} environments", str(copies), hint)
    mode = (getattr(made, "metadata", None) or {}).get("autoreset_mode", NEXT_STEP)
    if getattr(mode, "value", mode) != NEXT_STEP:
        wrong = "the step that ends an episode must show its end, and the next step begin the next episode"
        yield Mistake(MAKE, wrong, f"autoreset_mode {mode}", "AutoresetMode.NEXT_STEP")


def check_repeats(make: Make, name: str) -> None:
    """Raise a UserError if an environment behaves differently with the same seed and actions.

    What happened in it could then not be lived once more, which is how a run is resumed: no interface saves an
    environment.
    """
    made, rng = make(), np.random.default_rng(0)
    actions, many = spaces_of(made, name)[1], made.num_envs if is_vector(made) else 1  # type: ignore[attr-defined]
    lives = [live_in(make, many, (0,)) for _ in range(2)]
    for taken in range(PROBED + 1):
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*map(_told, lives), strict=True)):
            wrong = f'"{name}" does not repeat itself for the same seed and actions, so the run could not be resumed'
            hint = "Draw all its random numbers from the seed of reset, or run without a folder."
            raise UserError(Mistake(MAKE, wrong, f"another outcome after {taken} actions", "", hint))
        action = _some_action(actions, many, rng)
        for each in lives:
            each.step(action)


def _told(lives: Episodes | VectorEpisodes) -> tuple[np.ndarray, ...]:
    return lives.observations, lives.reward, lives.continues, lives.fresh


def _some_action(space: Space, many: int, rng: np.random.Generator) -> np.ndarray:
    if isinstance(space, Discrete):
        return rng.integers(space.n, size=many)
    low, high = (np.clip(each, -1e3, 1e3) for each in (space.low, space.high))
    return rng.uniform(low, high, size=(many, space.size))
