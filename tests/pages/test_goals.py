"""Goals: what circuits should reach, computed from the records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brainlearn.mistakes import UserError
from pages.evidence.goals import load_goals
from tests.docs.markdown import ROOT
from tests.evidence.recomputed import recomputed
from tests.evidence.test_every_verdict import PAGE

GOALS = ROOT / "docs" / "goals.toml"
WORDS = {"holds": "reached", "does not hold": "missed", "undecided": "undecided"}


def test_every_goal_has_the_verdict_of_its_records() -> None:
    import tomllib

    tables = tomllib.loads(GOALS.read_text(encoding="utf-8"))["goal"]
    page = (ROOT / "docs" / "evidence" / "goals.md").read_text(encoding="utf-8")
    expected = [WORDS[recomputed(each)[-1]] for table in tables for each in table["comparison"]]
    assert re.findall(r"\*\*(reached|missed|undecided)\*\* \|", page) == expected
    assert "evidence/goals.md" in PAGE


def test_mistakes_of_a_goal_are_named(tmp_path: Path) -> None:
    (tmp_path / "goals.toml").write_text('[[goal]]\ncircuit = "one"\ntryed = "much"\n', encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_goals(tmp_path / "goals.toml")
    text = str(caught.value)
    assert "goal[0].tryed: unknown key" in text
    assert "goal[0].tried: is missing" in text
    assert "goal[0].comparison: is missing" in text
