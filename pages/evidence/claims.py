"""The claims under test, as listed in docs/claims.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError, closest
from pages.evidence.toml_file import read_toml

FIELDS = {"number": int, "text": str, "source": str, "test": str, "yes": str}


@dataclass(frozen=True)
class Claim:
    """One claim.

    Parameters
    ----------
    number : int
        What experiments refer to.
    text : str
        The claim in one sentence.
    source : str
        Who said it, where.
    test : str
        What would test it.
    yes : str
        What would count as a yes.
    """

    number: int
    text: str
    source: str
    test: str
    yes: str


def load_claims(path: Path) -> tuple[Claim, ...]:
    """Read the claims, in the order of their numbers.

    Raises
    ------
    UserError
        With every mistake in the file.
    """
    tables = read_toml(path)
    sources = tables.get("sources", {})
    mistakes, claims = [], {}
    for index, table in enumerate(tables.get("claim", [])):
        where = f"{path}: claim[{index}]"
        wrong = _wrong_fields(where, table) or _wrong_source(where, table, sources)
        if not wrong and table["number"] in claims:
            wrong = [Mistake(where, f"number {table['number']} stands twice")]
        if wrong:
            mistakes += wrong
        else:
            claims[table["number"]] = Claim(**{**table, "source": sources[table["source"]]})
    if mistakes:
        raise UserError(*mistakes)
    return tuple(claims[number] for number in sorted(claims))


def _wrong_fields(where: str, table: dict[str, Any]) -> list[Mistake]:
    unknown = [
        Mistake(f"{where}.{name}", "unknown key", allowed=", ".join(FIELDS), suggestion=closest(name, FIELDS))
        for name in table.keys() - FIELDS.keys()
    ]
    wanting = [
        Mistake(f"{where}.{name}", f"must be {kind.__name__}", repr(table.get(name, "nothing")))
        for name, kind in FIELDS.items()
        if not isinstance(table.get(name), kind)
    ]
    return unknown + wanting


def _wrong_source(where: str, table: dict[str, Any], sources: dict[str, str]) -> list[Mistake]:
    name = table["source"]
    if name in sources:
        return []
    return [Mistake(f"{where}.source", "unknown source", name, ", ".join(sources), closest(name, sources))]
