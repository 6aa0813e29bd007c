from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.cli import main


def test_the_starter_project_has_no_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my project"
    assert main(["init", str(folder)]) == 0
    assert f"brainlearn run '{folder / 'experiment.toml'}'" in capsys.readouterr().out
    assert main(["check", str(folder / "circuit.toml"), str(folder / "experiment.toml")]) == 0


def test_files_of_the_user_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "circuit.toml").write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert "circuit.toml: is there already" in capsys.readouterr().err
    assert (tmp_path / "circuit.toml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "experiment.toml").exists()


def test_a_folder_that_cannot_be_made_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "file" / "inside")]) == 2
    assert "cannot be written" in capsys.readouterr().err
