"""Experiment 13: what it recorded follows from the runs beside it, and a short version goes through and goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from brainlearn.results.json_file import write_json
from tests.experiment.scripts import EXPERIMENTS, imported

FOLDER = "13_bottleneck"
RESULT = EXPERIMENTS / FOLDER / "result"


@pytest.fixture
def script() -> Iterator[ModuleType]:
    with imported(FOLDER, "run") as (module,):
        yield module


def angle(projection: str, epoch: int, limit: float | None) -> dict[str, Any]:
    few = {"presentations": [100, 2000], "of_few": 80.0, "of_all": 40.0, "reference": 5.0}
    return {"epoch": epoch, "projection": projection, "limit": limit, **few}


def run(rule: str, seed: int, error: float, *angles: dict[str, Any], width: int = 8) -> dict[str, Any]:
    return {"rule": rule, "width": width, "seed": seed, "test_error": error, "angles": list(angles)}


def test_the_recorded_summary_is_that_of_the_recorded_runs(script: ModuleType, tmp_path: Path):
    runs = json.loads((RESULT / "runs.json").read_text(encoding="utf-8"))
    write_json(script.summary("mnist", runs), tmp_path / "summary.json")
    found, recorded = (
        json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "summary.json", RESULT / "summary.json")
    )
    assert found | {"versions": None} == recorded | {"versions": None}


def test_a_gap_is_that_to_backpropagation_with_the_same_seed_and_width(script: ModuleType):
    runs = [
        run("backprop", 1, 5.0),
        run("temporal_difference", 2, 9.0),
        run("temporal_difference", 1, 8.0),
        run("backprop", 2, 4.0),
        run("backprop", 1, 99.0, width=4),
    ]
    row = script.row_of(runs, "temporal_difference", 8)
    assert row["test_error"]["mean"] == 8.5
    assert row["gap"]["mean"] == 4.0
    assert "gap" not in script.row_of(runs, "backprop", 8)
    assert script.summary("mnist", runs)["found"].endswith("temporal differences 4.0; feedback alignment  (2 seeds)")


def test_angles_are_averaged_over_the_seeds_that_could_tell_them(script: ModuleType):
    lower, upper = script.PROJECTIONS[:2]
    runs = [run("temporal_difference", seed, 8.0, angle(lower, 1, at), angle(upper, 1, 50.0)) for seed, at in
            ((1, 20.0), (2, None), (3, 30.0))]  # fmt: skip
    found = {each["projection"]: each for each in script.row_of(runs, "temporal_difference", 8)["angles"]}
    assert found[lower]["limit"] == {"mean": 25.0, "sd": pytest.approx(50**0.5), "count": 2}
    assert found[upper]["of_few"] == {"mean": 80.0, "sd": 0.0, "count": 3}
    assert found[script.PROJECTIONS[2]]["limit"]["count"] == 0


def test_random_top_down_weights_are_as_strong_as_tied_ones(script: ModuleType):
    tied, drawn = (script.top_down(rule, 4) for rule in ("temporal_difference", "feedback_alignment"))
    assert {name: each["scale"] for name, each in tied.items()} == {name: each["scale"] for name, each in drawn.items()}
    assert {each["correlation"] for each in drawn.values()} == {0.0}
    assert tied["V4/E->V2/E"]["scale"] == 0.015


@pytest.mark.slow
def test_a_short_training_goes_through_goes_on_and_is_drawn(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    small = script.DATASETS["digits"] | {"training.samples": 60, "alignment.presentations": 60}
    monkeypatch.setitem(script.DATASETS, "digits", small)
    asked = ["--dataset", "digits", "--seeds", "1", "--widths", "8", "--epochs", "1", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["run", *asked, "--rules", "temporal_difference", "backprop"])
    script.main()
    runs = json.loads((tmp_path / "runs.json").read_text(encoding="utf-8"))
    assert [(each["rule"], each["width"], each["epochs"]) for each in runs] == [
        ("temporal_difference", 8, 1),
        ("backprop", 8, 1),
    ]
    assert [(a["epoch"], a["projection"]) for a in runs[0]["angles"]] == [
        (epoch, name) for epoch in (0, 1) for name in script.PROJECTIONS
    ]
    monkeypatch.delattr(script, "measure")  # all is known
    script.main()
    assert (tmp_path / "figure.png").stat().st_size > 0


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["temporal_difference", "backprop"])
def test_the_digits_are_learned_through_a_narrow_area(script: ModuleType, rule: str):
    assert script.measure("digits", rule, 32, 1, None, 8)["test_error"] < 40
