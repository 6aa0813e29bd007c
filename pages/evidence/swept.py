"""What a sweep file of an experiment trains: its experiment with the values that all points share."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from xarray import load_dataset

from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.experiment.schema import BaselineTable
from pages.evidence.toml_file import read_toml

SWEEPS, RULE = "sweeps", "rule"
"""Folder of the sweep files in that of an experiment, each recorded as ``result/NAME.nc``; and what they train."""


def sweep_files(folder: Path) -> list[Path]:
    """Return the sweep files of an experiment's folder, in the order of their names."""
    return sorted((folder / SWEEPS).glob("*.toml"))


@cache
def trained_by(sweep: Path) -> tuple[Experiment, BaselineTable | None]:
    """Return the experiment of a sweep with the values that all points share, and the baseline that it trains.

    Those of a search are its best settings as they are recorded. Without a baseline, None, it is the rule that learns.
    """
    tables = read_toml(sweep)
    changes, train = tables.get("set", {}), tables.get("train", RULE)
    for arm, table in tables.get("search", {}).get("arms", {}).items():
        changes, train = {**changes, **_best(sweep, arm)}, table.get("train", RULE)
    experiment = load_experiment(sweep.parent / tables["experiment"], changes)
    return experiment, experiment.settings.baselines.chosen().get(train)


def _best(sweep: Path, arm: str) -> dict[str, Any]:
    """Return the settings of the best trial of an arm, by key; none before the search is recorded."""
    record = sweep.parents[1] / "result" / f"{sweep.stem}.nc"
    if not record.is_file():
        return {}
    searched = load_dataset(record).sel(arm=arm)
    best = searched.sel(trial=int(searched["best"]))
    return {str(each.attrs["key"]): each.item() for each in best.data_vars.values() if "key" in each.attrs}
