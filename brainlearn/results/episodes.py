"""Performance in an environment: reward of the first episodes, of the last, and of the test."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from xarray import Dataset, DataTree

TRAINING, TEST, FILMS = "episodes", "test_episodes", "films"
LAST = 100  # episodes over which the end of training is judged


def episodes_of(tree: DataTree, name: str = TRAINING) -> Dataset | None:
    """Return the episodes of training or of the test; None without an environment."""
    return tree.children[name].to_dataset(inherit=False) if name in tree.children else None


def films_of(tree: DataTree) -> Dataset | None:
    """Return what a few copies saw and did in a test episode; None if that was not recorded."""
    return episodes_of(tree, FILMS)


def acted(tree: DataTree) -> bool:
    """Return whether a run acted in an environment."""
    return TRAINING in tree.children or TEST in tree.children


def episode_summary(tree: DataTree) -> dict[str, Any]:
    """Return how many episodes there were, and mean reward and latency [s] of the first, the last and the test.

    The first are those that began in every copy before anything had been learned, the last the last 100 of training.
    Nothing without an environment.
    """
    if not acted(tree):
        return {}
    training, test = episodes_of(tree), episodes_of(tree, TEST)
    parts: dict[str, Dataset | None] = {"first": None, "last": None, "test": test}
    if training is not None:
        parts["first"] = training.isel(episode=np.flatnonzero(training["number"].values == 0))
        parts["last"] = training.isel(episode=slice(-LAST, None))
    found: dict[str, Any] = {"episodes": 0 if training is None else training.sizes["episode"]}
    for name, part in parts.items():
        for key in ("total_reward", "latency"):
            found[f"{name}_{key}"] = None if part is None or not part.sizes["episode"] else float(part[key].mean())
    return {"episodes": found}


def by_trial(episodes: Dataset, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Return, trial after trial, the values of all copies that have lived as many.

    Returns
    -------
    trial : (trial,) array of int
        Numbers from 1, as far as every copy has come.
    values : (trial, copy) array
    """
    numbers, copies = episodes["number"].values, episodes["copy"].values
    lived = [numbers[copies == copy].max(initial=-1) + 1 for copy in np.unique(copies)]
    shared = min(lived, default=0)
    kept = np.flatnonzero(numbers < shared)
    order = kept[np.lexsort((copies[kept], numbers[kept]))]
    return np.arange(1, shared + 1), episodes[key].values[order].reshape(shared, len(lived))


def judged_by(found: Dataset) -> str:
    """Return the variable that judges a sweep: the test error, or the reward of runs that act."""
    acts = "test_reward" in found and judged_by_reward(found["test_reward"].values, found["test_error"].values)
    return "test_reward" if acts else "test_error"


def judged_by_reward(rewards: ArrayLike, errors: ArrayLike) -> bool:
    """Return whether runs are judged by their reward: some have one, and none has a test error.

    Parameters
    ----------
    rewards, errors : (...) array
        Mean rewards of an episode after learning [1], and test errors [percent]; nan or None where there is none.
    """
    rewarded, tested = (np.isfinite(np.asarray(each, dtype=float)).any() for each in (rewards, errors))
    return bool(rewarded and not tested)
