"""From the name of an environment to one of them, or to a mistake in the name."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from brainlearn.environments import ENVIRONMENTS
from brainlearn.environments.environment import Environment
from brainlearn.environments.spaces import Space, known_space
from brainlearn.mistakes import Mistake, UserError, closest

Make = Callable[[], Environment]


def maker_of(name: str, settings: Mapping[str, Any], key: str = "environment") -> Make:
    """Return the function that makes environments, one after the other.

    Parameters
    ----------
    name : str
        One of `ENVIRONMENTS`, or the id of one that is registered with Gymnasium.
    settings : mapping
        Keyword arguments.
    key : str
        Of the table that names it, for messages.

    Raises
    ------
    UserError
        If there is no such environment, Gymnasium is not installed, it cannot be made with these settings, or its
        spaces are neither boxes nor discrete.
    """
    make = _own(name, settings, key) if name in ENVIRONMENTS else _of_gymnasium(name, settings, key)
    try:
        made = make()
    except UserError:
        raise
    except Exception as error:  # whatever another package raises
        wrong = f'the environment "{name}" cannot be made: {error}'
        raise UserError(Mistake(f"{key}.settings", wrong, _shown(settings))) from error
    spaces_of(made, name, key)
    return make


def spaces_of(environment: Environment, name: str, key: str = "environment") -> tuple[Space, Space]:
    """Return the spaces of observations and actions; a UserError if they are of a kind that nothing encodes."""
    which = "single_" if hasattr(environment, "num_envs") else ""  # of a vector environment
    spaces = (getattr(environment, f"{which}{each}_space") for each in ("observation", "action"))
    kinds = dict(zip(("observations", "actions"), spaces, strict=True))
    known = {what: known_space(space) for what, space in kinds.items()}
    mistakes = [
        Mistake(f"{key}.name", f'the {what} of "{name}" have an unsupported space', str(kinds[what]), _KINDS)
        for what, space in known.items()
        if space is None
    ]
    if mistakes:
        raise UserError(*mistakes)
    observations, actions = known.values()
    assert observations is not None
    assert actions is not None
    return observations, actions


_KINDS = "Box of numbers, or Discrete from 0 on"


def _own(name: str, settings: Mapping[str, Any], key: str) -> Make:
    defaults = {each: p.default for each, p in inspect.signature(ENVIRONMENTS[name].make).parameters.items()}
    mistakes = [
        mistake
        for each, value in settings.items()
        if (mistake := _misfit(name, each, value, defaults, f"{key}.settings.{each}")) is not None
    ]
    if mistakes:
        raise UserError(*mistakes)
    return partial(ENVIRONMENTS[name].make, **settings)


def _misfit(name: str, setting: str, value: Any, defaults: Mapping[str, Any], where: str) -> Mistake | None:
    """Return why one of our environments cannot take a setting; None if it can."""
    if setting not in defaults:
        wrong, allowed = f'"{name}" has no such setting', ", ".join(defaults)
        return Mistake(where, wrong, f'"{setting}"', allowed, closest(setting, defaults))
    default = defaults[setting]
    numbers, wanted = ((list(each) if isinstance(each, tuple | list) else [each]) for each in (value, default))
    allowed = f"{len(wanted)} numbers" if isinstance(default, tuple) else "a number"
    kinds = int if isinstance(default, int) else int | float
    if isinstance(default, int):
        allowed = "a whole number above 0"
    fits = len(numbers) == len(wanted) and all(isinstance(n, kinds) and not isinstance(n, bool) for n in numbers)
    if not fits or (isinstance(default, int) and numbers[0] < 1):
        return Mistake(where, f'"{name}" does not accept it', str(value), allowed)
    return None


def _of_gymnasium(name: str, settings: Mapping[str, Any], key: str) -> Make:
    own = ", ".join(ENVIRONMENTS)
    try:
        gymnasium = importlib.import_module("gymnasium")
    except ModuleNotFoundError:
        wrong = f'no built-in environment "{name}", and Gymnasium is not installed'
        hint = closest(name, ENVIRONMENTS) or 'Install it: pip install "brainlearn[environments]".'
        raise UserError(Mistake(f"{key}.name", wrong, f'"{name}"', own, hint)) from None
    known = [*ENVIRONMENTS, *gymnasium.registry]
    if name not in known:
        wrong, allowed = "no such environment", f"{own}, or the id of a Gymnasium environment"
        hint = closest(name, known) or "A script hands over its own as environment.make."
        raise UserError(Mistake(f"{key}.name", wrong, f'"{name}"', allowed, hint))
    return partial(gymnasium.make, name, **settings)


def registered() -> tuple[str, ...]:
    """Return the ids of all environments that Gymnasium knows; none if it is not installed."""
    try:
        return tuple(importlib.import_module("gymnasium").registry)
    except ModuleNotFoundError:
        return ()


def _shown(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings.items()) or "no settings"


def longest_episode(environment: Environment) -> int | None:
    """Return the number of decisions after which an episode is cut off; None if never."""
    own = getattr(environment, "max_steps", None)
    spec = getattr(environment, "spec", None)
    found = own if own is not None else getattr(spec, "max_episode_steps", None)
    return None if found is None else int(found)
