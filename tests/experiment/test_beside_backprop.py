"""Experiments 18 and 19: what they recorded follows from the runs beside it, and short versions go through."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from brainlearn.results.json_file import write_json
from brainlearn.running import preparation
from brainlearn.stimuli import Dataset
from tests.experiment.scripts import EXPERIMENTS, imported


def recorded(folder: str, name: str):
    return json.loads((EXPERIMENTS / folder / "result" / f"{name}.json").read_text(encoding="utf-8"))


def is_recorded(folder: str, summary: dict, scratch: Path, name: str = "summary") -> bool:
    """Tell whether a summary is the recorded one, but for the versions of what it was measured with."""
    write_json(summary, scratch / "summary.json")
    found = json.loads((scratch / "summary.json").read_text(encoding="utf-8"))
    return found | {"versions": None} == recorded(folder, name) | {"versions": None}


def test_the_recorded_losses_by_a_box_are_those_of_the_recorded_runs(tmp_path: Path):
    with imported("18_black_box", "run") as (script,):
        assert is_recorded("18_black_box", script.summary("mnist", recorded("18_black_box", "runs")), tmp_path)


def test_the_recorded_gap_on_colour_images_is_that_of_the_recorded_runs(tmp_path: Path):
    with imported("19_cifar10_local", "run") as (script,):
        assert is_recorded("19_cifar10_local", script.summary(recorded("19_cifar10_local", "runs")), tmp_path)


def test_the_recorded_gap_with_all_images_is_that_of_the_recorded_runs(tmp_path: Path):
    with imported("19_cifar10_local", "run") as (script,):
        asked = script.asked_runs(script.SEEDS, None, script.WITH_ALL_IMAGES)
        runs = script.of_these(recorded("19_cifar10_local", "all_images/runs"), asked)
        assert is_recorded("19_cifar10_local", script.summary(runs), tmp_path, "all_images/summary")


def test_errors_climb_down_an_area_in_two_steps():
    with imported("19_cifar10_local", "run") as (script,):
        names = [(phase["name"], phase["learn"]) for phase in script.one_area_after_the_other(2)]
    assert names == [
        ("free", False),
        ("taught", False),
        ("errors_0", False),
        ("values_0", ["V2/E->IT/class"]),
        ("errors_1", False),
        ("values_1", ["V1/E->V2/E"]),
        ("errors_2", False),
        ("values_2", ["retina/image->V1/E"]),
    ]


def test_a_loss_is_that_against_the_same_seed_without_a_box():
    def run(case: str, seed: int, error: float) -> dict:
        return {"rule": "backprop", "case": case, "seed": seed, "test_error": error}

    runs = [run("box", 1, 7.0), run("no box", 2, 3.0), run("no box", 1, 5.0), run("box", 2, 4.0)]
    with imported("18_black_box", "run") as (script,):
        assert script.losses(runs, "backprop", "box") == [2.0, 1.0]
        assert script.losses(runs, "backprop", "wide box") == []


def test_an_interval_of_half_the_images_is_that_of_wilson():
    with imported("19_cifar10_local", "run") as (script,):
        low, high = script.interval(50.0, 1000)
        assert (low, high) == pytest.approx((46.91, 53.09), abs=0.01)
        assert script.interval(0.0, 1000) == pytest.approx((0.0, 0.383), abs=1e-3)


@pytest.mark.slow
def test_a_short_black_box_goes_through_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with imported("18_black_box", "run") as (script,):
        monkeypatch.setitem(script.UNITS, "digits", 20)
        asked = ["--dataset", "digits", "--seeds", "1", "--epochs", "1", "--output", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", ["run", *asked])
        script.main()
        found = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
        assert [(row["rule"], row["case"]) for row in found["rows"]] == [
            (rule, case) for rule, cases in script.CASES.items() for case in cases
        ]
        assert all(0 < row["test_error"]["mean"] < 100 for row in found["rows"])
        monkeypatch.delattr(script, "measure")  # all is known
        script.main()
        assert (tmp_path / "figure.png").stat().st_size > 0


def few_colours(name: str, folder: Path | None, seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    images, labels = rng.random((360, 3072), dtype=np.float32), rng.integers(0, 10, 360)
    return Dataset(name, images[:300], labels[:300], images[300:], labels[300:], 10, (32, 32), 3)


@pytest.mark.slow
def test_short_trainings_with_local_fields_go_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(preparation, "load_dataset", few_colours)
    few = {"dataset.validation": 40, "training.samples": 200, "readout.validate_on": 40}
    with imported("19_cifar10_local", "run") as (script,):
        monkeypatch.setattr(script, "TRAINED", 20)
        monkeypatch.setattr(script, "CASES", {rule: changes | few for rule, changes in script.CASES.items()})
        monkeypatch.setattr(sys, "argv", ["run", "--seeds", "1", "--epochs", "1", "--output", str(tmp_path)])
        script.main()
        found = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
        assert [(row["rule"], row["levels"]) for row in found["rows"]] == [
            (r, n) for r in script.WITH_FEW_IMAGES for n in (2, 3)
        ]
        assert all(50 < row["test_error"]["mean"] <= 100 for row in found["rows"])  # there is nothing to learn
