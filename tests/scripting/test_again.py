"""Scripts of many runs find what is recorded again, in the runs beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
SCRIPTS = sorted(path for path in EXPERIMENTS.glob("*/run.py") if "record_runs(" in path.read_text(encoding="utf-8"))


def found(path: Path) -> dict:
    summary: dict = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in summary.items() if key != "versions"}  # those of the packages here


def test_some_scripts_record_many_runs() -> None:
    assert len(SCRIPTS) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_summary_and_figure_follow_from_the_runs(script: Path, tmp_path: Path) -> None:
    recorded = script.parent / "result"
    for path in recorded.iterdir():
        if path.is_file() and path.name not in ("summary.json", "figure.png"):
            shutil.copy(path, tmp_path)
    command = [sys.executable, str(script), "--again", "--output", str(tmp_path)]
    subprocess.run(command, check=True, cwd=EXPERIMENTS.parent)
    assert found(tmp_path / "summary.json") == found(recorded / "summary.json")
    figure = recorded / "figure.png"
    np.testing.assert_array_equal(imread(tmp_path / "figure.png"), imread(figure))
