from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from brainlearn.cli import main
from brainlearn.cli.display import Lines, ShownSweep, beginning
from brainlearn.cli.sweep_table import failures, sweep_table
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.progress import PointDone
from tests.sweep.conftest import Files, sweep_file
from tests.sweep.small_sweep import FAILED, swept

__all__ = ["sweep_file"]  # a fixture

GRID = 'seeds = [1, 2]\n[grid]\n"phases[0].duration" = ["3 ms", "6 ms"]'


def test_the_table_has_a_row_for_each_point_with_the_mean_over_seeds(sweep_file: Files, tmp_path: Path) -> None:
    dataset = swept(load_sweep(sweep_file(GRID)), tmp_path)
    console = Console(file=io.StringIO(), width=100)
    console.print(sweep_table(dataset))
    *_, first, second = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert first.split()[:4] == ["3", "0.50", "±", "0.71"]
    assert first.split()[-1] == "2/2"
    assert second.split()[:2] == ["6", "2.00"]
    assert second.split()[-1] == "1/2"
    assert list(failures(dataset)) == [f"phases[0].duration = 6, seed = 2: {FAILED}"]


def test_plain_lines_say_what_each_point_gave(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ShownSweep(Lines())
    lines.started("s: 3 points of e", 1, 3)
    lines.point_done(PointDone("size=1", "", "test error 12.50 %", 2, 3))
    lines.point_done(PointDone("size=2", "ValueError: too hot", "", 3, 3))
    assert capsys.readouterr().out.splitlines() == [
        "s: 3 points of e",
        "1 of them are already finished.",
        "[2/3] size=1: test error 12.50 %",
        "[3/3] size=2: no result: ValueError: too hot",
    ]
    assert beginning(0, 3) == ""


def test_mistakes_are_said_before_anything_is_written(
    sweep_file: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sweep_file('[grid]\n"training.epoch" = [1]')
    assert main(["sweep", str(file), "--output", str(tmp_path / "out")]) == 2
    assert "unknown key" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["check", str(file)]) == 2
    assert main(["sweep", str(file), "--workers", "2", "--scheduler", "tcp://a:1"]) == 2
    assert "one of the two" in capsys.readouterr().err


def test_check_takes_sweeps(sweep_file: Files) -> None:
    assert main(["check", str(sweep_file(GRID))]) == 0


def test_results_that_are_there_are_shown_again(
    sweep_file: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = sweep_file(GRID), tmp_path / "out"
    one_more = sweep_file('seeds = [1, 2]\n[grid]\n"phases[0].duration" = ["3 ms", "6 ms", "9 ms"]', "more.toml")
    folder.mkdir()
    (folder / "sweep.toml").write_text("")
    sweep = load_sweep(one_more)
    swept(sweep, folder)  # all that the smaller sweep asks for
    assert main(["sweep", str(file), "--output", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "All points are already finished." in said
    assert "0.50 ± 0.71" in said
    assert {"sweep.nc", "figure.png", "points", "sweep.toml"} == {path.name for path in folder.iterdir()}
