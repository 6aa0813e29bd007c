"""What scripts of experiments have in common: labels on everything, results written, joined and drawn again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from xarray import Dataset, load_dataset

from brainlearn import UserError
from brainlearn.lab import (
    by_seed,
    labelled_dataset,
    measure_missing,
    record_runs,
    record_script,
    runs_options,
    script_options,
)

AXES = {"seed": ("1", "seed of all random numbers"), "way": ("1", "how it learned")}
MEASURES = {"error": (("seed", "way"), "percent", "test error"), "chance": (("seed",), "percent", "guessing")}


def dataset(seeds: list[int]) -> Dataset:
    rows = by_seed(seeds, lambda seed: {"error": [float(seed), 2.0 * seed], "chance": 90.0})
    values = {name: np.array([row[name] for row in rows]) for name in MEASURES}
    return labelled_dataset("99_small", AXES, {"seed": seeds, "way": ["fast", "slow"]}, MEASURES, values)


def summary(data: Dataset) -> dict[str, Any]:
    return {"mean": data["error"].mean("seed").values.tolist(), "seeds": data["seed"].values.tolist()}


def recorded(output: Path, *options: str) -> dict[str, Any]:
    asked = script_options("Small.", output, [1, 2]).parse_args(["--output", str(output), *options])
    record_script(asked, lambda: dataset(asked.seeds), summary, lambda data: Figure())
    return json.loads((output / "summary.json").read_text())


def test_everything_has_a_unit_and_a_meaning() -> None:
    data = dataset([3])
    assert data.attrs == {"experiment": "99_small"}
    assert data["error"].sel(seed=3, way="slow") == 6
    assert {name: (each.attrs["units"], each.attrs["long_name"]) for name, each in data.variables.items()} == {
        **AXES,
        "error": ("percent", "test error"),
        "chance": ("percent", "guessing"),
    }


def test_the_time_left_is_printed_after_each_seed(capsys: pytest.CaptureFixture[str]) -> None:
    assert by_seed([4, 5], lambda seed: seed * 2) == [8, 10]
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["seed 4, 1 of 2", "seed 5, 2 of 2"]


def test_folders_of_seeds_are_joined_in_the_order_of_seeds(tmp_path: Path) -> None:
    for seed in (7, 3):
        assert recorded(tmp_path / str(seed), "--seeds", str(seed))["seeds"] == [seed]
    found = recorded(tmp_path / "both", "--join", str(tmp_path / "7"), str(tmp_path / "3"))
    assert found == {"mean": [5.0, 10.0], "seeds": [3, 7]}
    assert load_dataset(tmp_path / "both" / "result.nc", engine="h5netcdf")["chance"].values.tolist() == [90, 90]


def test_again_measures_nothing(tmp_path: Path) -> None:
    first = recorded(tmp_path)
    (tmp_path / "summary.json").unlink()
    asked = script_options("Small.", tmp_path, [1]).parse_args(["--again"])
    record_script(asked, lambda: pytest.fail("it measured"), summary, lambda data: Figure())
    assert json.loads((tmp_path / "summary.json").read_text()) == first == {"mean": [1.5, 3.0], "seeds": [1, 2]}


# ---- many runs -----------------------------------------------------------------------------------------------------


def recorded_runs(output: Path, *options: str) -> dict[str, Any]:
    """Run a script whose runs double their seed."""
    asked = runs_options("Runs.", output, [1, 2]).parse_args(["--output", str(output), *options])

    def measure(store: Path) -> list[dict[str, Any]]:
        named = [{"seed": seed} for seed in asked.seeds]
        return measure_missing(named, store, lambda run: {"error": 2 * run["seed"]}, lambda run: f"seed {run['seed']}")

    record_runs(asked, measure, lambda runs: {"errors": [run["error"] for run in runs]}, lambda runs: Figure())
    return json.loads((output / "summary.json").read_text())


def test_runs_are_kept_and_only_missing_ones_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert recorded_runs(tmp_path / "new") == {"errors": [2, 4]}
    assert recorded_runs(tmp_path / "new", "--seeds", "2", "5") == {"errors": [2, 4, 10]}
    assert capsys.readouterr().out.split("\n") == ["seed 1", "seed 2", "seed 5", ""]
    assert (tmp_path / "new" / "figure.png").exists()


def test_summary_and_figure_are_made_again_of_the_runs_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "runs.json").write_text('[{"seed": 7, "error": 3}]')
    assert recorded_runs(tmp_path, "--again") == {"errors": [3]}
    assert (tmp_path / "figure.png").exists()


def test_nothing_is_made_again_without_runs(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"runs.json: no runs to draw again.*without --again"):
        recorded_runs(tmp_path, "--again")
    assert list(tmp_path.iterdir()) == []
