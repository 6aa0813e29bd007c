from __future__ import annotations

import json
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.cli.summary import seconds
from brainlearn.results.read_summary import KEYS
from brainlearn.results.record import EpochRecord, RunRecord
from brainlearn.results.store import save_result
from brainlearn.results.summary import summary, write_json
from brainlearn.results.tree import result_tree


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    epoch = EpochRecord(1, 2.0, 100, 12.5, goodness_positive={"V1/E": 0.07}, goodness_negative={"V1/E": 0.05})
    record = RunRecord("01_small", "two_areas", "digits", "forward_forward", "brian", 7, "{}", "", epochs=[epoch])
    record.notes.append("2 units of V1/E never spiked")
    save_result(result_tree(record), tmp_path / "result.nc")
    write_json(summary(record), tmp_path / "summary.json")
    return tmp_path


def test_a_table_shows_errors_goodness_and_notes(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(run_folder)]) == 0
    shown = capsys.readouterr().out
    assert "validation error" in shown
    assert "12.50 %" in shown
    assert "0.07" in shown
    assert "2 units of V1/E never spiked" in shown


def test_json_has_the_promised_keys(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(run_folder), "--json"]) == 0
    assert set(KEYS) <= set(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("name", ["result.nc", "summary.json"])
def test_a_file_of_the_run_says_the_same(run_folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["summary", str(run_folder), "--json"])
    whole = capsys.readouterr().out
    assert main(["summary", str(run_folder / name), "--json"]) == 0
    assert capsys.readouterr().out == whole


def test_a_folder_with_a_result_only_is_summed_up(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_folder / "summary.json").unlink()
    assert main(["summary", str(run_folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["experiment"] == "01_small"


def test_a_missing_run_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(tmp_path / "absent")]) == 2
    assert "absent: no such file" in capsys.readouterr().err


def test_a_broken_summary_is_a_mistake(run_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_folder / "summary.json").write_text("{")
    assert main(["summary", str(run_folder)]) == 2
    assert "summary.json: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "text"), [(3.25, "3.2 s"), (75.2, "1 min 15 s"), (7380.0, "2 h 3 min")])
def test_durations_read_as_people_say_them(value: float, text: str) -> None:
    assert seconds(value) == text
