"""Several rules of a simulation, from a file: ``[[rules]]``, with the keys that an experiment has there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.validation import validate
from brainlearn.experiment.checks.own_rule import find_in_text
from brainlearn.experiment.draft import find_rule_keys
from brainlearn.experiment.rule_file import put_rules_in
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.mistakes import Mistake, UserError
from brainlearn.renamed_keys import with_new_names
from brainlearn.simulating.learning import Asked
from brainlearn.training.rule_learner import DEFAULT_UPDATES

KEYS = ("rule", "rules")


def rules_of_file(path: str | Path) -> list[Asked]:
    """Return the rules of a file, and what learns by each; anything else in it, as in an experiment, is ignored.

    Raises
    ------
    UserError
        With every mistake that can be seen without the circuit.
    """
    where = str(path)
    read = with_new_names(read_toml(path))
    data: dict[str, Any] = {key: read[key] for key in KEYS if key in read}
    if mistakes := find_rule_keys(data, where):
        raise UserError(*mistakes)
    origins, mistakes, _ = put_rules_in(data, where, (), None)
    tables = data["rules"] if isinstance(data.get("rules"), list) else [data.get("rule", data.get("rules"))]
    found = []
    for origin, table in zip(origins, tables, strict=True):
        rule, wrong = _read(table, where, origin.place)
        mistakes += [origin.placed(mistake) for mistake in wrong]
        found += [] if rule is None else [rule]
    if mistakes:
        raise UserError(*dict.fromkeys(mistakes))
    return found


def _read(data: Any, where: str, place: str) -> tuple[Asked | None, list[Mistake]]:
    """Return what one table asks for, or its own mistakes."""
    table, mistakes = validate(RuleTable, data, where, place, {})
    if table is None or mistakes:
        return None, mistakes
    found = [replace(each, where=f"{where}: {place}.{each.where}") for each in find_in_text(table)]
    updates = [{"name": each.name, **(each.model_extra or {})} for each in table.updates]
    updates = updates or [{"name": name, **settings} for name, settings in DEFAULT_UPDATES]
    rule = rule_of(table) or table.name  # a name that nobody has is named with the circuit's other mistakes
    return Asked(rule, table.projections, table.parameters, updates, f"{where}: {place}", "projections"), found
