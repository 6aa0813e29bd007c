"""Errors of the same training in the mirror, beside those of the recorded seeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from brainlearn.results.record import EpochRecord, RunRecord, TestRecord
from brainlearn.results.store import save_result
from brainlearn.results.summary import summary, write_json
from brainlearn.results.tree import result_tree
from pages.evidence.__main__ import main

SETTINGS = {"name": "01_small", "seed": 1, "training": {"epochs": 1}}
FILE = """
name = "01_small"
seed = 1

[about]
question = "Does it learn?"
prediction = "Yes."
claims = [1]

[training]
epochs = 1
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment with seeds 1 to 3 recorded in Brian2: errors of 2, 3 and 4 %."""
    folder = tmp_path / "experiments" / "01_small"
    (folder / "result").mkdir(parents=True)
    (folder / "experiment.toml").write_text(FILE)
    write_json(summary(result_tree(record(1, 2.0, "brian"))), folder / "result" / "summary.json")
    errors = [{"seed": seed, "test_error_percent": error} for seed, error in ((1, 2.0), (2, 3.0), (3, 4.0))]
    write_json(errors, folder / "result" / "seeds.json")
    return folder


def record(seed: int, error: float, engine: str, **training: object) -> RunRecord:
    settings = SETTINGS | {"seed": seed, "training": {"epochs": 1, "engine": engine, **training}}
    found = RunRecord(
        "01_small", "two_areas", "digits", "forward_forward", engine, seed, json.dumps(settings), "", train_seconds=9.0
    )
    found.epochs = [EpochRecord(1, 9.0, 10, 4.0)]
    if error:
        wrong = np.arange(10_000) < round(100 * error)
        found.test = TestRecord(np.zeros(10_000, int), wrong.astype(int), np.zeros((10_000, 2)))
    return found


def run(folder: Path, seed: int, error: float, engine: str = "mirror", **training: object) -> Path:
    folder.mkdir()
    tree = result_tree(record(seed, error, engine, **training))
    save_result(tree, folder / "result.nc")
    write_json(summary(tree), folder / "summary.json")
    return folder


def test_errors_in_the_mirror_are_kept_and_compared_with_what_is_expected(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [run(tmp_path / "second", 2, 7.9), run(tmp_path / "first", 1, 7.98)]
    assert main(["--mirror", *map(str, runs), str(experiment)]) == 0
    # 3 ± 4.303 * 1 * sqrt(1 + 1/3): t of 2 degrees of freedom, a standard deviation of 1
    assert "7.98, 7.90 % with seeds 1, 2; expected 0.00 to 7.97 %: 1 of 2 within" in capsys.readouterr().out
    kept = json.loads((experiment / "result" / "mirror.json").read_text())
    assert [(each["seed"], round(each["test_error_percent"], 9), each["train_seconds"]) for each in kept] == [
        (1, 7.98, 9.0),
        (2, 7.9, 9.0),
    ]


@pytest.mark.parametrize(
    ("engine", "error", "training", "said"),
    [
        ("brian", 2.0, {}, "another engine"),
        ("mirror", 2.0, {"copies": 7}, "copies"),
        ("mirror", 0.0, {}, "no test error"),
    ],
)
def test_a_run_of_the_other_engine_with_other_settings_or_without_a_test_is_refused(
    experiment: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    engine: str,
    error: float,
    training: dict,
    said: str,
) -> None:
    assert main(["--mirror", str(run(tmp_path / "run", 1, error, engine, **training)), str(experiment)]) == 2
    assert said in capsys.readouterr().err
    assert not (experiment / "result" / "mirror.json").exists()


def test_a_folder_alone_is_not_enough(experiment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--mirror", str(experiment)]) == 2
    assert "run folders, then an experiment's folder" in capsys.readouterr().err
