"""Runs side by side: a rule and its baselines, and runs that differ only in their seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

SAME = ("experiment", "circuit", "dataset", "rule", "engine", "epochs", "presentations", "setup_sha256")
TAKEN_OVER = (
    *SAME,
    "seed",
    "test_error_percent",
    "one_pass_test_error_percent",
    "short_list_test_error_percent",
    "validation_error_percent",
    "forgetting_percent",
    "train_seconds",
    "spikes_per_presentation",
    "memory_before_mb",
    "peak_memory_mb",
    "angles",
    "cost",
)
OF_EPISODES = {"test_reward": "test_total_reward", "test_latency": "test_latency"}  # of circuits that act
MEASURES = (
    "test_error_percent",
    "one_pass_test_error_percent",
    "short_list_test_error_percent",
    "validation_error_percent",
    "forgetting_percent",
    *OF_EPISODES,
    "spikes_per_presentation",
    "train_seconds",
    "epoch_mean_seconds",
    "peak_memory_mb",
    "memory_growth_mb",
)
LATER = (
    "short_list_test_error_percent",
    "forgetting_percent",
    *OF_EPISODES,
    "validation_curve",
)  # what older records lack
MEMORY_WITH_ANGLES = "the peak memory of runs that measured angles also holds PyTorch, which does that"


def brief(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a summary that is compared with other runs; None for what is unknown."""
    before, peak = found.get("memory_before_mb"), found.get("peak_memory_mb")
    episodes = found.get("episodes") or {}
    seconds = [second for second in found.get("epoch_seconds", ()) if second is not None]
    return {
        **{key: found.get(key) for key in TAKEN_OVER},
        **{key: found.get(key, episodes.get(name)) for key, name in OF_EPISODES.items()},
        "epoch_mean_seconds": mean(seconds) if seconds else None,
        "memory_growth_mb": None if before is None or peak is None else peak - before,
    }


def groups(runs: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Group the runs that differ only in their seed; groups and runs keep their order.

    Parameters
    ----------
    runs : iterable of mapping
        Summaries, or what `brief` makes of them.
    """
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for run in runs:
        found.setdefault(tuple(run.get(key) for key in SAME), []).append(run)
    return list(found.values())


def several_seeds(group: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a mean over the runs of a group is one over seeds."""
    return len(group) > 1 and len({run["seed"] for run in group}) == len(group)


def of_one_mean(runs: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the runs to average over: those of several seeds together, every other one alone."""
    together = ([group] if several_seeds(group) else [[run] for run in group] for group in groups(runs))
    return [group for found in together for group in found]


def spread(values: Iterable[float | None]) -> tuple[float, float] | None:
    """Return mean and standard deviation (0 of one value) of what was measured; None if nothing was.

    >>> spread([1.0, None, 3.0])
    (2.0, 1.4142135623730951)
    """
    known = [value for value in values if value is not None]
    return (mean(known), stdev(known) if len(known) > 1 else 0.0) if known else None


def mean_and_sd(values: Sequence[float | None], form: str) -> str:
    """Return ``"62.5 ± 1.9"``, the mean alone of one value, a dash of none."""
    found = spread(values)
    if found is None:
        return "–"
    several = sum(value is not None for value in values) > 1
    return form.format(found[0]) + (f" ± {form.format(found[1])}" if several else "")


def group_data(runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return mean and standard deviation of every measure over the runs that differ only in their seed."""
    found = []
    for group in groups(runs):
        if several_seeds(group):
            spreads = {key: spread(run[key] for run in group) for key in MEASURES}
            found.append(
                {
                    **{key: group[0][key] for key in ("experiment", "rule", "engine")},
                    "seeds": [run["seed"] for run in group],
                    "mean": {key: None if pair is None else pair[0] for key, pair in spreads.items()},
                    "sd": {key: None if pair is None else pair[1] for key, pair in spreads.items()},
                }
            )
    return found


def angles_of(group: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[float | None]]:
    """Return the last angles to the gradient [degree] of the runs of a group, by projection and loss."""
    found: dict[tuple[str, str], list[float | None]] = {}
    for run in group:
        for loss, by_projection in (run.get("angles") or {}).items():
            for projection, angle in by_projection.items():
                found.setdefault((projection, loss), []).append(angle)
    return found
