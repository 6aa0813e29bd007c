"""Comparisons of published models: seeds are recorded, and more of them added."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from experiments.published.side_by_side import side_by_side


def compare(script: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> dict:
    monkeypatch.setattr(sys, "argv", ["compare", *options])
    side_by_side(str(script), lambda seed: {"rate [Hz]": float(seed)}, lambda seed: {"rate [Hz]": 10.0 * seed})
    return json.loads(script.with_name("result.json").read_text(encoding="utf-8"))


def test_seeds_are_added_to_those_that_are_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compare(tmp_path / "compare.py", monkeypatch, "--seeds", "1", "2")
    both = compare(tmp_path / "compare.py", monkeypatch, "--seeds", "5", "--keep")
    assert both["seeds"] == [1, 2, 5]
    assert [each["rate [Hz]"] for each in both["measured"]["Brian2"]] == [10.0, 20.0, 50.0]
    assert both["seconds"]["brainlearn"][:2] == first["seconds"]["brainlearn"]
    again = compare(tmp_path / "compare.py", monkeypatch, "--seeds", "7")
    assert again["seeds"] == [7]


def test_a_seed_is_recorded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    compare(tmp_path / "compare.py", monkeypatch, "--seeds", "1")
    with pytest.raises(SystemExit):
        compare(tmp_path / "compare.py", monkeypatch, "--keep", "--seeds", "1", "2")
    assert "has seeds [1] already" in capsys.readouterr().err


def test_without_a_record_there_is_nothing_to_add_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit):
        compare(tmp_path / "compare.py", monkeypatch, "--keep")
    assert "result.json: no such file" in capsys.readouterr().err
