"""All trials of a search, and the results of the best settings, as one array with labels."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray, Dataset

from brainlearn.results.run_folder import RunFolder
from brainlearn.running.preparation import versions
from brainlearn.sweep.axes import SEED, coordinate, dimension
from brainlearn.sweep.dataset import SCHEMA_VERSION
from brainlearn.sweep.point import POINTS, Point, folder_of, is_done
from brainlearn.sweep.search.loading import Search
from brainlearn.sweep.search.study import ArmStudy, Trial

ARM, TRIAL = "arm", "trial"
LABELS = {ARM: "what is compared", TRIAL: "number of the trial, from 0", SEED: "seed of every random number"}
NOT_BEGUN = "not begun"
RUN = "run folder, from the folder of the sweep"
MISSING = Trial(-1, {}, NOT_BEGUN)


@dataclass(frozen=True)
class Final:
    """The best settings of an arm with a fresh seed.

    Parameters
    ----------
    arm : str
    seed : int
    point : Point
    message : str
        Why it has no result.
    """

    arm: str
    seed: int
    point: Point
    message: str


def search_dataset(
    search: Search, studies: Mapping[str, ArmStudy], folder: Path, final: Sequence[Final] = ()
) -> Dataset:
    """Label the trials of all arms, and the results of the best settings with fresh seeds.

    Parameters
    ----------
    search : Search
    studies : mapping of str to ArmStudy
        By arm.
    folder : Path
        The sweep's folder.
    final : sequence of Final

    Returns
    -------
    xarray.Dataset
        (arm, trial) arrays: `validation_error`, `state`, `message`, `train_seconds`, `run`, and one for each key that
        is searched; (arm,) `best`; and if there are fresh seeds (arm, seed) ones.
    """
    rows = [study.trials() for study in studies.values()]
    longest = max(map(len, rows), default=0)
    table = [[*row, *[MISSING] * (longest - len(row))] for row in rows]
    data = _of_trials(table, folder) | _parameters(search, table) | _best(studies)
    if final:
        data |= _of_seeds(search, list(studies), final, folder)
    coords = {ARM: np.array(list(studies), dtype=np.str_), TRIAL: np.arange(longest)}
    if final:
        coords[SEED] = np.array(search.table.final_seeds)
    words = {ARM: "what is compared", TRIAL: "number of the trial, from 0", SEED: "seed of every random number"}
    labels = {
        name: DataArray(v, dims=(name,), attrs={"units": "1", "long_name": words[name]}) for name, v in coords.items()
    }
    return Dataset(data, labels, _attributes(search, rows))


def _array(values: Any, dims: tuple[str, ...], units: str, long_name: str) -> DataArray:
    return DataArray(np.array(values), dims=dims, attrs={"units": units, "long_name": long_name})


def _of_trials(table: Sequence[Sequence[Trial]], folder: Path) -> dict[str, DataArray]:
    def each(read: Callable[[Trial], Any], units: str, words: str) -> DataArray:
        return _array([[read(trial) for trial in row] for row in table], (ARM, TRIAL), units, words)

    return {
        "validation_error": each(lambda trial: trial.error, "percent", "validation error, last measured"),
        "state": each(lambda trial: trial.state, "1", "what became of the trial"),
        "message": each(lambda trial: trial.message, "1", "why there is no error"),
        "train_seconds": each(lambda trial: _seconds(folder, trial.point), "s", "wall time of training"),
        "run": each(
            lambda trial: f"{POINTS}/{trial.point}" if trial.point else "", "1", "run folder, from that of the sweep"
        ),
    }


def _seconds(folder: Path, name: str) -> float:
    run = RunFolder(folder / POINTS / name) if name else None
    return float(run.read_summary()["train_seconds"]) if run is not None and run.ended else np.nan


def _parameters(search: Search, table: Sequence[Sequence[Trial]]) -> dict[str, DataArray]:
    """Return the value of each key in every trial; nan or empty text where an arm does not search it."""
    found = {}
    for key in dict.fromkeys(key for arm in search.arms for key in arm.space):
        values, units = coordinate([trial.changes.get(key) for row in table for trial in row])
        shape = len(table), len(table[0]) if table else 0
        attrs = {"units": units, "long_name": f"{key} of the experiment", "key": key}
        found[dimension(key)] = DataArray(values.reshape(shape), dims=(ARM, TRIAL), attrs=attrs)
    return found


def _best(studies: Mapping[str, ArmStudy]) -> dict[str, DataArray]:
    numbers = [-1 if (best := study.best()) is None else best.number for study in studies.values()]
    return {"best": _array(numbers, (ARM,), "1", "number of the trial with the least validation error; -1: none")}


def _of_seeds(search: Search, arms: Sequence[str], final: Sequence[Final], folder: Path) -> dict[str, DataArray]:
    of = {(each.arm, each.seed): each for each in final}
    seeds = search.table.final_seeds or []

    def each(read: Callable[[Final], Any], nothing: Any, units: str, words: str) -> DataArray:
        rows = [[read(of[arm, seed]) if (arm, seed) in of else nothing for seed in seeds] for arm in arms]
        return _array(rows, (ARM, SEED), units, words)

    def summed_up(name: str) -> Callable[[Final], float]:
        return lambda one: _number(folder, one.point, name)

    return {
        "test_error": each(summed_up("test_error_percent"), np.nan, "percent", "test error of the best settings"),
        "final_validation_error": each(
            summed_up("validation_error_percent"), np.nan, "percent", "validation error of the best settings"
        ),
        "final_run": each(lambda one: f"{POINTS}/{one.point.name}", "", "1", RUN),
        "final_message": each(lambda one: one.message, "", "1", "why there is no result"),
    }


def _number(folder: Path, point: Point, name: str) -> float:
    if not is_done(folder, point):
        return np.nan
    value = RunFolder(folder_of(folder, point)).read_summary()[name]
    return np.nan if value is None else float(value)


def _attributes(search: Search, rows: Sequence[Sequence[Trial]]) -> dict[str, str | int]:
    failed = sum(trial.state != "complete" for row in rows for trial in row)
    return {
        "brainlearn_sweep_schema": SCHEMA_VERSION,
        "creation_library": "brainlearn",
        "creation_library_version": importlib.metadata.version("brainlearn"),
        "sweep": search.settings.name,
        "experiment": search.title,
        "sampler": search.table.sampler,
        "sweep_text": search.text,
        "trials": search.table.trials,
        "points_without_result": failed,
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "versions": json.dumps(versions()),
    }
