"""The tour, walked: its files written, its commands and its Python run, in its order."""

from __future__ import annotations

import json
import runpy
import shlex
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.experiment.checks import comparisons, nudges, rule_text
from brainlearn.experiment.checks import rule as rule_check
from brainlearn.rules import Rule
from brainlearn.training import brian_learner
from tests.docs.markdown import blocks, commands, read

TOUR = read("docs/tour.md")
COMMANDS = [command for command in commands(TOUR, "brainlearn") if "my/" in command]
SHORT = ["--set", "training.epochs=1", "--set", "training.samples=100", "--set", "dataset.validation=20"]


def file_block(language: str, name: str) -> str:
    """Return the block whose first line names the file."""
    (text,) = [block for block in blocks(TOUR, language) if block.startswith(f"# {name}\n")]
    return text


@pytest.fixture
def rule(tmp_path: Path) -> Rule:
    """Return the rule that the tour writes."""
    file = tmp_path / "forward_forward_rate.py"
    file.write_text(file_block("python", "brainlearn/rules/forward_forward_rate.py"), encoding="utf-8")
    found: Rule = runpy.run_path(str(file))["FORWARD_FORWARD_RATE"]
    return found


@pytest.fixture
def folder(tmp_path: Path, rule: Rule, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the tour's files, as the current one, where the tour's rule is known."""
    (tmp_path / "my").mkdir()
    for name in ("my/circuit.toml", "my/experiment.toml"):
        (tmp_path / name).write_text(file_block("toml", name), encoding="utf-8")
    for module in (comparisons, nudges, rule_check, rule_text, brian_learner):
        monkeypatch.setattr(module, "RULES", {**module.RULES, rule.name: rule})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def walk(options: list[str]) -> None:
    """Run the tour's commands, with further options for its runs."""
    for command in COMMANDS:
        words = shlex.split(command)[1:]
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


@pytest.mark.slow
def test_all_three_rules_of_the_tour_learn(folder: Path) -> None:
    walk([])
    for run in ("patches", "trace", "rate"):
        summary = json.loads((folder / "runs" / run / "summary.json").read_text(encoding="utf-8"))
        assert summary["validation_error_percent"] < 40, run  # guessing: 90
