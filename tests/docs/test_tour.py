"""The tour, walked: its files written, its commands and its Python run, in its order."""

from __future__ import annotations

import json
import runpy
import shlex
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.rules import RULES
from tests.docs.markdown import blocks, commands, read

TOUR = read("docs/tour.md")
COMMANDS = [command for command in commands(TOUR, "brainlearn") if "my/" in command]
SHORT = ["--set", "training.epochs=1", "--set", "training.samples=100", "--set", "dataset.validation=20"]


def file_block(language: str, name: str) -> str:
    """Return the block whose first line names the file."""
    (text,) = [block for block in blocks(TOUR, language) if block.startswith(f"# {name}\n")]
    return text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the tour's files, as the current one."""
    (tmp_path / "my" / "rules").mkdir(parents=True)
    for name in ("my/circuit.toml", "my/experiment.toml", "my/rules/rate.toml"):
        (tmp_path / name).write_text(file_block("toml", name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def walk(options: list[str]) -> None:
    """Run the tour's commands, with further options for its runs."""
    for command in COMMANDS:
        words = shlex.split(command.partition(" > ")[0])[1:]
        assert main([*words, *(options if words[0] == "run" else [])]) == 0, command


def test_the_commands_run_and_the_result_opens(folder: Path) -> None:
    walk(SHORT)
    (script,) = [block for block in blocks(TOUR, "python") if "open_datatree" in block]
    (folder / "look.py").write_text(script, encoding="utf-8")
    found = runpy.run_path(str(folder / "look.py"))
    assert found["change"].sizes == {"pre": 256, "post": 100}
    assert float(found["change"].std()) > 0
    assert {path.name for path in (folder / "runs").iterdir()} == {"patches", "trace", "rate"}


def test_the_mistake_of_the_tour_is_answered_with_a_suggestion(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "my" / "circuit.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('target = "V2/E"', 'target = "V2/F"'), encoding="utf-8")
    assert main(["check", "my/circuit.toml"]) == 2
    assert 'Did you mean "V2/E"?' in capsys.readouterr().err


def test_the_rule_that_the_tour_prints_can_be_started_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = [command for command in COMMANDS if " > " in command]
    printing, _, file = command.partition(" > ")
    assert main(shlex.split(printing)[1:]) == 0
    (folder / file).write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_rule(file) == RULES["forward_forward_trace"]


@pytest.mark.slow
def test_all_rules_of_the_tour_learn(folder: Path) -> None:
    walk([])
    for run in ("patches", "trace", "rate"):
        summary = json.loads((folder / "runs" / run / "summary.json").read_text(encoding="utf-8"))
        assert summary["validation_error_percent"] < 40, run  # guessing: 90
