"""What a sweep records of every run: numbers from its summary, and its validation errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Summary = Mapping[str, Any]
ByLabel = Mapping[tuple[Any, ...], float | None]


@dataclass(frozen=True)
class Measure:
    """One variable of the result of a sweep.

    Parameters
    ----------
    units, long_name : str
    read : callable
        Takes a summary, returns values by their labels along `dims`.
    dims : tuple of str
        Dimensions beside those of the sweep.
    always : bool
        Whether it is there even if no run measured it.
    """

    units: str
    long_name: str
    read: Callable[[Summary], ByLabel]
    dims: tuple[str, ...] = ()
    always: bool = False

    @property
    def attrs(self) -> dict[str, str]:
        """Its attributes, ready for an array."""
        return {"units": self.units, "long_name": self.long_name}


DIMENSIONS: Mapping[str, str] = {
    "epoch": "number of the epoch, from 1",
    "population": "path of the population",
    "loss": "loss whose gradient is compared",
    "projection": "name of the projection",
    "task": "task of a sequence",
}
"""What measures have beside the dimensions of the sweep."""


def _one(key: str) -> Callable[[Summary], ByLabel]:
    return lambda summary: {(): summary.get(key)}


def _populations(key: str) -> Callable[[Summary], ByLabel]:
    return lambda summary: {
        (path,): values.get(key) for path, values in summary.get("last", {}).get("populations", {}).items()
    }


def _curve(summary: Summary) -> ByLabel:
    return {(epoch,): error for epoch, error in summary["validation_curve"].items()}


def _angles(summary: Summary) -> ByLabel:
    return {
        (loss, projection): angle
        for loss, by_projection in (summary.get("angles") or {}).items()
        for projection, angle in by_projection.items()
    }


def _tasks(key: str) -> Callable[[Summary], ByLabel]:
    return lambda summary: {(name,): errors.get(key) for name, errors in (summary.get("tasks") or {}).items()}


def _episodes(key: str) -> Callable[[Summary], ByLabel]:
    return lambda summary: {(): (summary.get("episodes") or {}).get(key)}


def _cost(stage: str, *keys: str) -> Callable[[Summary], ByLabel]:
    """Read the sum of some numbers of the cost of a stage."""

    def read(summary: Summary) -> ByLabel:
        found = (summary.get("cost") or {}).get(stage)
        return {(): None if found is None else sum(found[key] for key in keys)}

    return read


_PER_POPULATION = ("population",)
MEASURES: Mapping[str, Measure] = {
    "test_error": Measure("percent", "test error", _one("test_error_percent"), always=True),
    "one_pass_test_error": Measure("percent", "test error, one-pass softmax", _one("one_pass_test_error_percent")),
    "short_list_test_error": Measure(
        "percent", "test error, goodness in a short list", _one("short_list_test_error_percent")
    ),
    "validation_error": Measure("percent", "validation error, last measured", _one("validation_error_percent")),
    "one_pass_validation_error": Measure(
        "percent", "validation error, one-pass softmax, last measured", _one("one_pass_validation_error_percent")
    ),
    "validation_curve": Measure("percent", "validation error, epoch by epoch", _curve, ("epoch",)),
    "forgetting": Measure("percent", "rise of the error on a task after it was learned", _one("forgetting_percent")),
    "task_error_when_learned": Measure(
        "percent", "error on the task after it was learned", _tasks("error_when_learned_percent"), ("task",)
    ),
    "task_error_at_end": Measure("percent", "error on the task at the end", _tasks("error_at_end_percent"), ("task",)),
    "first_reward": Measure("1", "mean reward of the first episode of each copy", _episodes("first_total_reward")),
    "last_reward": Measure("1", "mean reward of the last 100 episodes of training", _episodes("last_total_reward")),
    "last_latency": Measure("s", "mean latency of the last 100 episodes of training", _episodes("last_latency")),
    "test_reward": Measure("1", "mean reward of an episode after learning", _episodes("test_total_reward")),
    "test_latency": Measure("s", "mean latency of an episode after learning", _episodes("test_latency")),
    "spikes_per_presentation": Measure(
        "1", "spikes of all units in a presentation of the last epoch", _one("spikes_per_presentation")
    ),
    "synaptic_operations": Measure(
        "1", "effective synaptic operations in a presentation of the test", _cost("test", "macs", "acs")
    ),
    "training_operations": Measure(
        "1", "effective operations of the whole training, those of learning too", _cost("training", "operations")
    ),
    "goodness_positive": Measure(
        "1", "mean goodness of positive presentations, last epoch", _populations("goodness_positive"), _PER_POPULATION
    ),
    "goodness_negative": Measure(
        "1", "mean goodness of negative presentations, last epoch", _populations("goodness_negative"), _PER_POPULATION
    ),
    "activity": Measure(
        "1", "spikes per unit and presentation (graded: mean), last epoch", _populations("activity"), _PER_POPULATION
    ),
    "silent": Measure(
        "percent", "units never active in the last epoch", _populations("silent_percent"), _PER_POPULATION
    ),
    "saturated": Measure(
        "percent", "units active whenever they could be, last epoch", _populations("saturated_percent"), _PER_POPULATION
    ),
    "angle": Measure("degree", "last angle of the changes to the negative gradient", _angles, ("loss", "projection")),
    "epochs": Measure("1", "epochs that were trained", _one("epochs"), always=True),
    "train_seconds": Measure("s", "wall time of training", _one("train_seconds"), always=True),
}
