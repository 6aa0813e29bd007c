"""The claims under test, as listed in docs/claims.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brainlearn.mistakes import Mistake, UserError, closest
from pages.evidence.comparison import Comparison, read_comparison, wrong_in_comparison
from pages.evidence.toml_file import read_toml

FIELDS = {"number": int, "text": str, "source": str, "test": str, "yes": str}
MORE = {"needs": str, "shown": list, "comparison": list}
KNOWN = FIELDS | MORE


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
    needs : str
        The smallest experiment that would decide what is not decided.
    shown : tuple of str
        Recorded pictures that show it without measuring it, from the folder of experiments.
    comparisons : tuple of Comparison
        What decides it, and what touches it.
    """

    number: int
    text: str
    source: str
    test: str
    yes: str
    needs: str = ""
    shown: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


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
            wrong = [Mistake(where, f"number {table['number']} is given twice")]
        if wrong:
            mistakes += wrong
        else:
            claims[table["number"]] = _claim(table, sources)
    if mistakes:
        raise UserError(*mistakes)
    return tuple(claims[number] for number in sorted(claims))


def _claim(table: dict[str, Any], sources: dict[str, str]) -> Claim:
    fields = {name: table[name] for name in FIELDS} | {"source": sources[table["source"]]}
    comparisons = tuple(read_comparison(each) for each in table.get("comparison", ()))
    return Claim(**fields, needs=table.get("needs", ""), shown=tuple(table.get("shown", ())), comparisons=comparisons)


def _wrong_fields(where: str, table: dict[str, Any]) -> list[Mistake]:
    unknown = [
        Mistake(f"{where}.{name}", "unknown key", allowed=", ".join(KNOWN), suggestion=closest(name, KNOWN))
        for name in table.keys() - KNOWN.keys()
    ]
    wanting = [
        Mistake(f"{where}.{name}", f"must be {kind.__name__}", repr(table.get(name, "nothing")))
        for name, kind in FIELDS.items()
        if not isinstance(table.get(name), kind)
    ]
    compared = [
        mistake
        for index, each in enumerate(table.get("comparison", ()))
        for mistake in wrong_in_comparison(f"{where}.comparison[{index}]", each)
    ]
    return unknown + wanting + compared


def _wrong_source(where: str, table: dict[str, Any], sources: dict[str, str]) -> list[Mistake]:
    name = table["source"]
    if name in sources:
        return []
    return [Mistake(f"{where}.source", "unknown source", name, ", ".join(sources), closest(name, sources))]
