"""Recorded answers follow from the trained weights by equations written out in plain NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_experiment, run
from brainlearn.mistakes import UserError
from pages.evidence.__main__ import main
from pages.evidence.recompute import known_of_zoo, recompute

ROOT = Path(__file__).parents[2]


def test_errors_of_the_zoo_are_those_of_plain_numpy(capsys: pytest.CaptureFixture[str]) -> None:
    rules = ("e_prop", "forward_forward", "predictive_coding", "target_propagation", "temporal_difference")
    assert known_of_zoo() == [f"{rule}_digits" for rule in rules]
    assert main(["--recompute"]) == 0
    assert "temporal_difference_digits: answer 1.67 % (recorded 1.67)\n" in capsys.readouterr().out


def test_every_answer_of_a_run_is_the_same_until_a_weight_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = ROOT / "experiments" / "01_forward_forward_digits" / "experiment.toml"
    run(load_experiment(experiment, {"training.epochs": 1}), only="rule", folder=tmp_path / "run")
    found = recompute(str(tmp_path / "run"))
    assert found.agrees
    assert found.other == 0
    assert set(found.recorded) == {"every_label", "one_pass", "short_list"}
    with np.load(tmp_path / "run" / "trained.npz") as saved:
        weights = dict(saved)
    weights["learner/weights/retina/image->V1/E/w"] *= 1.5
    np.savez(tmp_path / "run" / "trained.npz", **weights)
    assert main(["--recompute", str(tmp_path / "run")]) == 1
    assert "NOT THE SAME" in capsys.readouterr().out


def test_a_circuit_whose_equations_are_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="not written out in plain NumPy; found spike_times"):
        recompute("spike_times_randman")
