"""What a sweep file of an experiment trains: its experiment with the values that all points share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.experiment.schema import BaselineTable
from pages.evidence.toml_file import read_toml

SWEEPS = "sweeps"
"""Folder of the sweep files in that of an experiment; each is recorded as ``result/NAME.nc``."""


def sweep_files(folder: Path) -> list[Path]:
    """Return the sweep files of an experiment's folder, in the order of their names."""
    return sorted((folder / SWEEPS).glob("*.toml"))


@cache
def trained_by(sweep: Path) -> tuple[Experiment, BaselineTable | None]:
    """Return the experiment of a sweep with the values of `set`, and the baseline that it trains; None: the rule."""
    tables = read_toml(sweep)
    experiment = load_experiment(sweep.parent / tables["experiment"], tables.get("set", {}))
    return experiment, experiment.settings.baselines.chosen().get(tables.get("train", "rule"))
