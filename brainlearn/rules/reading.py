"""From a table, as a file holds it, to a `Rule`; which keys there are is said by the fields of `Rule` and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

from brainlearn.rules.rule import Rule
from brainlearn.units import Quantity, parse_quantity

_WORDS = {"description": "", "source": ""}


def read_rule(table: Mapping[str, Any]) -> Rule:
    """Return the rule that a table holds.

    Parameters
    ----------
    table : mapping
        As `brainlearn.rules.writing.rule_table` returns it, or as validated; keys that are no part of a rule, such as
        ``updates``, are left alone. Parameters may be quantities or their text.

    Raises
    ------
    UnitError
        If a parameter is no quantity.
    TypeError
        If a key is missing, or a part has one that it does not know: files are validated before.
    """
    kinds = get_type_hints(Rule)
    given = {**_WORDS, **{f.name: _read(kinds[f.name], table[f.name]) for f in fields(Rule) if f.name in table}}
    return Rule(**given)


def _read(kind: Any, value: Any) -> Any:
    """Return a value as the type of its field wants it."""
    inside = get_args(kind)
    if get_origin(kind) is tuple and is_dataclass(inside[0]):
        return tuple(inside[0](**dict(each)) for each in value)  # type: ignore[operator]
    if inside and inside[-1] is Quantity:
        quantities = {
            name: each if isinstance(each, Quantity) else parse_quantity(each) for name, each in value.items()
        }
        return MappingProxyType(quantities)
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


def _quantity(value: Any) -> Quantity:
    return value if isinstance(value, Quantity) else parse_quantity(value)
