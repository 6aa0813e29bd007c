"""Several sweep files share workers, and what one of them lacks is named before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn import run_sweeps
from brainlearn.mistakes import UserError
from tests.sweep.conftest import Files

GRID = '[grid]\n"rule.updates[0].size" = [0.01, 0.02]\n'


def named(file: Path, name: str) -> Path:
    file.write_text(file.read_text(encoding="utf-8").replace("tiny_sweep", name), encoding="utf-8")
    return file


@pytest.mark.slow
def test_each_has_its_result_and_what_is_there_starts_no_worker(
    sweep_file: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        named(sweep_file(GRID, "a.toml"), "a"),
        named(sweep_file('train = "backprop_through_time"\nseeds = [1]\n', "b.toml"), "b"),
    ]
    told: list[str] = []
    found = run_sweeps(files, tmp_path / "runs", workers=1, told=told.append)
    assert told == list(found) == ["a", "b"]
    assert found["a"]["test_error"].sizes == {"rule_updates_0_size": 2, "seed": 1}
    assert found["b"]["test_error"].notnull().all()
    monkeypatch.setattr("brainlearn.sweep.several.client_of", None)
    again = run_sweeps(files, tmp_path / "runs")
    assert (again["a"]["test_error"] == found["a"]["test_error"]).all()


def test_mistakes_of_all_files_are_named_at_once(sweep_file: Files, tmp_path: Path) -> None:
    files = [
        sweep_file('[grid]\n"rule.nam" = [1]\n', "a.toml"),
        sweep_file('train = "backprop"\nseeds = [1]\n', "b.toml"),
    ]
    with pytest.raises(UserError) as caught:
        run_sweeps(files, tmp_path / "runs")
    assert {Path(mistake.where.partition(": ")[0]).name for mistake in caught.value.mistakes} == {"a.toml", "b.toml"}
    assert not (tmp_path / "runs").exists()


def test_two_files_of_one_name_are_refused(sweep_file: Files, tmp_path: Path) -> None:
    files = [sweep_file("seeds = [1]\n", "a.toml"), sweep_file("seeds = [2]\n", "b.toml")]
    with pytest.raises(UserError, match=r'b\.toml: name: another of these sweeps has this name; found "tiny_sweep"'):
        run_sweeps(files, tmp_path / "runs")
