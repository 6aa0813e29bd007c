"""A circuit that learns what the next frame will be, from the file to the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn import load_experiment, run
from tests.docs.markdown import ROOT

SMALL = {"sizes": {"V1/E": 20}, "training.epochs": 2, "training.samples": 150, "readout": {"validate_on": 50}}


@pytest.mark.parametrize("engine", ["brian", "mirror"])
def test_next_frames_are_learned_and_reported(engine: str, tmp_path: Path) -> None:
    experiment = load_experiment(ROOT / "examples" / "moving_digits.toml", SMALL | {"training.engine": engine})
    tree = run(experiment, only="rule", folder=tmp_path / "run")
    test = tree["test"].to_dataset()
    assert test["output"].shape == test["target"].shape == (360, 8, 64)
    errors = tree["metrics/validation_error"].values
    assert errors[1] < errors[0]
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "label -1" not in page
    assert "greatest output" not in page
    assert (tmp_path / "run" / "figure.png").exists()
