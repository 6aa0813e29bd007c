"""A `Rule` as a table and as TOML: what is read back is the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from brainlearn.rules.rule import Rule
from brainlearn.units import Quantity, UnitError, parse_quantity

_LAST = ("changes", "top_down")


def rule_text(rule: Rule) -> str:
    """Return a rule as the TOML of a rule file.

    >>> from brainlearn.rules import RULES
    >>> print(rule_text(RULES["predictive_coding"]).splitlines()[0])
    name = "predictive_coding"
    """
    import tomli_w

    return tomli_w.dumps(rule_table(rule))


def rule_table(rule: Rule) -> dict[str, Any]:
    """Return a rule as a table of a file: texts, numbers, lists and tables, without what is as it would be unsaid."""
    table = _table(rule)
    return {name: table[name] for name in sorted(table, key=lambda name: name in _LAST)}


def _table(part: Any) -> dict[str, Any]:
    given = {field.name: (getattr(part, field.name), _default(field)) for field in fields(part)}
    return {name: _plain(value) for name, (value, default) in given.items() if default is MISSING or value != default}


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Quantity):
        return _written(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _table(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _written(quantity: Quantity) -> int | float | str:
    """Return what is read back as the same quantity: its text may have fewer digits than a plain number has."""
    pure = not any(quantity.dimension)
    candidates: list[int | float | str] = [int(quantity.value), quantity.value] if pure else []
    for candidate in (*candidates, quantity.text):
        with suppress(UnitError):
            if parse_quantity(candidate) == quantity:
                return candidate
    return quantity.value if pure else quantity.text
