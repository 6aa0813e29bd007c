"""Every kind of task is learned the same on both engines, by the loop of every run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_experiment
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from brainlearn.running import engines_compared
from brainlearn.running.engines_compared import LearningCompared, compare_engines
from tests.docs.markdown import ROOT
from tests.experiment.tiny_runs import KINDS, tiny

RULES = [kind for kind, (_, _, baseline) in KINDS.items() if baseline is None and not kind.endswith("_mirror")]
SMALL = {
    "dataset": {"name": "digits", "validation": 12},
    "training.copies": 30,
    "training.samples": 200,
    "sizes": {"retina/image": [8, 8], "V1/E": 40, "V2/E": 30},
}
TARGETED = {**SMALL, "sizes": {"retina/image": [8, 8], "V1/E": 40}}


@pytest.mark.parametrize("kind", RULES)
def test_every_kind_of_task_is_learned_the_same(kind: str, tmp_path: Path) -> None:
    found = compare_engines(tiny(tmp_path, kind)[0], rounds=2)
    assert found.rounds >= 2
    assert max(found.changes.values()) > 1e-5
    assert found.holds, str(found)


@pytest.mark.parametrize(
    ("folder", "changes"), [("02_forward_forward_mnist", SMALL), ("05_temporal_difference_mnist", TARGETED)]
)
def test_three_rounds_of_a_shipped_experiment_are_learned_the_same(folder: str, changes: dict[str, object]) -> None:
    found = compare_engines(load_experiment(ROOT / "experiments" / folder / "experiment.toml", changes))
    assert found.rounds == 3
    assert min(found.changes.values()) > 1e-3
    assert max(found.differences.values()) <= 1e-10
    assert str(found).startswith("Learned the same in Brian2 and in the mirror in 3 rounds of 30 copies: weights ")


def test_weights_that_differ_are_named() -> None:
    found = LearningCompared(3, 4, {"a->b": 0.1, "b->c": 0.1}, {"a->b": 1e-12, "b->c": 2e-9})
    assert not found.holds
    assert str(found) == "Not learned the same in 3 rounds of 4 copies: weights of b->c differ by up to 2e-09."


def test_where_nothing_is_learned_nothing_is_verified() -> None:
    found = LearningCompared(1, 4, {"a->b": 0.0}, {"a->b": 0.0})
    assert not found.holds
    assert str(found) == "Not compared: in 1 round of 4 copies no weight changed. Use more rounds: --rounds."
    assert replace(found, changes={"a->b": 0.1}).holds
    assert not replace(found, changes={"a->b": 0.1}, differences={"a->b": np.nan}).holds


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"training\.device: no such device on this machine; found \"cuda:99\"; allowed: cpu"
    ):
        compare_engines(tiny(tmp_path, "targets")[0], device="cuda:99")


def test_verify_says_that_an_experiment_learns_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny(tmp_path, "spiking_loop")
    file = str(tmp_path / "experiment.toml")
    assert main(["verify", file, "--duration", "30 ms", "--strength", "5", "--rounds", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Learned the same in Brian2 and in the mirror in 1 round of 60 copies" in shown
    assert "retina/image->V1/E" in shown


def test_verify_fails_where_weights_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny(tmp_path, "spiking_loop")
    monkeypatch.setattr(engines_compared, "TOLERANCE", -1.0)
    options = ["--duration", "30 ms", "--strength", "5", "--rounds", "1", "--quiet"]
    assert main(["verify", str(tmp_path / "experiment.toml"), *options]) == 1
    assert "Not learned the same" in capsys.readouterr().err
