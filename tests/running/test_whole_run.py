"""`brainlearn.run` does what `brainlearn run` does: the same files, the same numbers, baselines and report too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import brainlearn
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from brainlearn.results import tree as tree_module
from brainlearn.results.run_folder import RunFolder
from tests.experiment.tiny_runs import tiny

SHORT = ("training.epochs=1", "training.samples=40")
MEASURED = ("seconds", "memory", "started", "readouts")  # differ from run to run


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def numbers(folder: RunFolder) -> dict[str, object]:
    return {key: value for key, value in folder.read_summary().items() if not any(part in key for part in MEASURED)}


@pytest.mark.slow
def test_a_run_from_python_in_a_folder_is_the_run_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, _ = tiny(tmp_path / "files", "targets", *SHORT)
    built: list[object] = []
    label = tree_module.result_tree
    monkeypatch.setattr(tree_module, "result_tree", lambda record: built.append(record) or label(record))
    tree = brainlearn.run(experiment, folder=tmp_path / "python")
    assert len(built) == 1
    changes = [each for change in SHORT for each in ("--set", change)]
    path = str(tmp_path / "files" / "experiment.toml")
    assert main(["run", path, *changes, "--output", str(tmp_path / "command"), "--quiet"]) == 0
    assert len(built) == 2
    python, command = RunFolder(tmp_path / "python"), RunFolder(tmp_path / "command")
    names = ["circuit.toml", "experiment.toml", "figure.png", "result.nc", "summary.json"]
    baseline = [f"baselines/backprop_through_time/{name}" for name in names]
    assert files(python.path) == files(command.path) == sorted([*names, *baseline, "report.html", "trained.npz"])
    for one, other in zip(python.runs(), command.runs(), strict=True):
        assert numbers(one) == numbers(other)
    assert brainlearn.load_result(python).identical(tree)
    assert "backprop_through_time" in python.report.read_text(encoding="utf-8")
    assert python.unfinished() is None


def test_without_a_folder_nothing_is_written_and_no_baseline_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment, _ = tiny(tmp_path / "files", "targets", *SHORT)
    monkeypatch.chdir(tmp_path)
    tree = brainlearn.run(experiment)
    assert tree.attrs["engine"] == "brian"
    assert [path.name for path in tmp_path.iterdir()] == ["files"]
    assert brainlearn.run(experiment, only="backprop_through_time").attrs["engine"] == "mirror"


def test_only_the_rule_runs_in_a_folder_when_asked(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path / "files", "targets", *SHORT)
    brainlearn.run(experiment, only="rule", folder=tmp_path / "run")
    assert RunFolder(tmp_path / "run").runs() == [RunFolder(tmp_path / "run")]
    assert not (tmp_path / "run" / "baselines").exists()


def test_a_folder_in_use_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", *SHORT)
    with pytest.raises(UserError, match="the run folder is in use"):
        brainlearn.run(experiment, folder=tmp_path)


@pytest.mark.parametrize("broken", [b"\xff\x00garbage = [", None], ids=["garbage", "a FIFO"])
def test_a_report_lives_with_whatever_the_experiment_file_became(tmp_path: Path, broken: bytes | None) -> None:
    import os

    from tests.results.small_run import make_record, write_run
    from tests.time_limit import within

    folder = RunFolder(write_run(tmp_path / "run", make_record()))
    if broken is None:
        os.mkfifo(folder.experiment)
    else:
        folder.experiment.write_bytes(broken)
    with within(60):
        assert main(["report", str(folder)]) == 0
    assert ("garbage" in folder.report.read_text(encoding="utf-8")) == (broken is not None)
    assert json.loads(folder.summary.read_text(encoding="utf-8"))["engine"] == "brian"
