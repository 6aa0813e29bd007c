"""The rule of an experiment: a built-in one, or one whose text it holds."""

from __future__ import annotations

from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.rules import RULES, Rule
from brainlearn.rules.reading import read_rule


def rule_of(table: RuleTable) -> Rule | None:
    """Return the rule of a table ``[rule]``; None if it holds no text, and no rule that is built in has its name."""
    return read_rule(dict(table)) if table.has_text else RULES.get(table.name)
