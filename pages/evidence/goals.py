"""Goals of docs/goals.toml, and the text of docs/evidence/goals.md: what each circuit should reach, and has reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.report.markdown_table import markdown_table
from pages.evidence.comparison import Comparison, read_comparison, wrong_in_comparison
from pages.evidence.page import with_interval
from pages.evidence.toml_file import read_toml
from pages.evidence.verdicts import FAILS, HOLDS, UNDECIDED, Judged, judge

KEYS = ("circuit", "tried", "comparison")
WORDS = {HOLDS: "reached", FAILS: "missed", UNDECIDED: "undecided"}
HEAD = """\
# Goals

Written by `make evidence` from [goals.toml](../goals.toml) and the records. A goal is **reached** or **missed** if the
whole 95 % interval is on that side of what is asked, over seeds and test items [as for
claims](../evidence.md#how-a-verdict-is-computed), and else **undecided**; fewer than three seeds decide nothing.
"""


@dataclass(frozen=True)
class Goal:
    """What a circuit should reach.

    Parameters
    ----------
    circuit : str
        Which, in words.
    tried : str
        What was tried, and how it differs from what is asked.
    comparisons : tuple of Comparison
    """

    circuit: str
    tried: str
    comparisons: tuple[Comparison, ...]


def load_goals(path: Path) -> tuple[Goal, ...]:
    """Read the goals, in their order.

    Raises
    ------
    UserError
        With every mistake in the file.
    """
    mistakes, goals = [], []
    for index, table in enumerate(read_toml(path).get("goal", [])):
        where, compared = f"{path}: goal[{index}]", table.get("comparison", [])
        wrong = [
            Mistake(f"{where}.{key}", "unknown key", allowed=", ".join(KEYS), suggestion=closest(key, KEYS))
            for key in table.keys() - set(KEYS)
        ]
        wrong += [Mistake(f"{where}.{key}", "is missing") for key in KEYS if not table.get(key)]
        for number, each in enumerate(compared):
            wrong += wrong_in_comparison(f"{where}.comparison[{number}]", each)
        if not wrong:
            goals.append(Goal(table["circuit"], table["tried"], tuple(map(read_comparison, compared))))
        mistakes += wrong
    if mistakes:
        raise UserError(*mistakes)
    return tuple(goals)


def goals_page(goals: Sequence[Goal], experiments: Path) -> str:
    """Return the page; UserError if the records below `experiments` lack what a goal names."""
    head = ("circuit", "asked", "result", "found", "difference (95 %)", "seeds", "tried")
    rows = [
        _row(goal, judge(comparison, experiments), first=number == 0)
        for goal in goals
        for number, comparison in enumerate(goal.comparisons)
    ]
    return "\n".join([HEAD, *markdown_table(head, rows), ""])


def _row(goal: Goal, judged: Judged, first: bool) -> tuple[str, ...]:
    comparison = judged.comparison
    name = comparison.experiment
    asked = f"{comparison.asks}: {comparison.asked} ([{name[:2]}](../../experiments/{name}/README.md))"
    difference = with_interval(judged.difference.together)
    words = (goal.circuit, goal.tried) if first else ("", "")
    result = f"**{WORDS[judged.verdict]}**"
    return words[0], asked, result, f"{judged.run:.2f} %", difference, str(judged.seeds), words[1]
