from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.evidence.experiments import load_recorded
from tests.docs.markdown import ROOT, commands, read

FOLDERS = sorted({path.parent for name in ("experiment.toml", "run.py") for path in ROOT.glob(f"experiments/*/{name}")})


def prose(text: str) -> str:
    """Return the text with links as their words, and one space between words."""
    return " ".join(re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", text).replace("`", "").split())


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_it_has_question_prediction_command_and_result(folder: Path) -> None:
    page = read(f"experiments/{folder.name}/README.md")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == ["Question", "Prediction", "Command", "Result"]


def test_it_names_the_command_of_the_evidence_page(folder: Path) -> None:
    page = read(f"experiments/{folder.name}/README.md")
    command = load_recorded(folder).command
    assert command in commands(page, command.split()[0])


def test_question_and_prediction_are_those_of_the_file(folder: Path) -> None:
    page, recorded = prose(read(f"experiments/{folder.name}/README.md")), load_recorded(folder)
    assert prose(recorded.question) in page
    assert prose(recorded.prediction) in page


def test_the_index_lists_every_experiment_in_its_order() -> None:
    rows = re.findall(r"^\| \[(\d\d_\w+)\]\(\1/README\.md\) \| \S", read("experiments/README.md"), re.MULTILINE)
    assert rows == [folder.name for folder in FOLDERS if folder.name[0].isdigit()]
