"""From a rule file to a `Rule`, or to its mistakes; what it asks of units is checked with an experiment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.validation import validate
from brainlearn.experiment.checks.own_rule import find_in_text
from brainlearn.experiment.rule_file import check_kind
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.mistakes import UserError
from brainlearn.rules import Rule
from brainlearn.rules.names import check_use


def load_rule(path: str | Path) -> Rule:
    """Read a rule file.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/rules.md documents its content.

    Raises
    ------
    UserError
        With every mistake that can be seen without the circuit in which the rule is to be learned by.
    """
    where = str(path)
    text = read_toml(path)
    mistakes = check_kind(where, text)
    table, found = validate(RuleTable, text, where, "", {})
    mistakes += [mistake for mistake in found if mistake not in mistakes]
    if table is None or mistakes:
        raise UserError(*mistakes)
    rule = rule_of(table)
    assert rule is not None, "a rule file contains the text of one rule"
    if found := [*find_in_text(table), *check_use(rule)]:
        raise UserError(*(replace(mistake, where=f"{where}: {mistake.where}") for mistake in found))
    return rule
