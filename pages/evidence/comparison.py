"""A comparison that decides a claim, or touches it: which recorded runs, beside which control, and how far apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from brainlearn.mistakes import Mistake, closest

SIDE_KEYS = ("experiment", "file", "measure", "where", "less", "factor", "tried", "tried_where", "value", "what")
KEYS = ("asks", "experiment", "run", "control", "at_most", "at_least", "unit", "items", "part", "note")
_KINDS = {"asks": str, "experiment": str, "run": dict, "control": dict}


@dataclass(frozen=True)
class Side:
    """What is measured on one side of a comparison.

    Parameters
    ----------
    experiment, file, measure : str
        Folder of the experiment, file in its ``result/``, and what is read there: a key, dotted in tables within
        tables, or a variable of a netCDF file.
    where : mapping
        Values that the runs have; of a list each counts, and their mean is taken.
    less : mapping
        Changes of `where` to runs that are subtracted, seed by seed; empty: nothing is.
    factor : float
        The measure is multiplied by it: 100 makes percent of a share.
    tried, tried_where : str, mapping
        The recorded search from which settings were chosen, and the part of it that belongs to this side.
    value : float, optional
        A number that is known, instead of runs.
    what : str
        What the number is, and who found it.
    """

    experiment: str
    file: str = ""
    measure: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    less: Mapping[str, Any] = field(default_factory=dict)
    factor: float = 1.0
    tried: str = ""
    tried_where: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = None
    what: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two sides, and how far the first may or must lie from the second.

    Parameters
    ----------
    asks : str
        What the difference is, in words.
    experiment : str
        Folder of the experiment whose prediction it tests.
    run, control : Side
    at_most, at_least : float, optional
        The difference run - control that counts as a yes; one of the two is given.
    unit : str
        Of the difference.
    items : int, optional
        Test items that each side answered, where the measures are percentages of them and the records do not say it.
    part : bool
        It touches the claim without deciding it.
    note : str
        Why it does not decide, or what a reader must know.
    """

    asks: str
    experiment: str
    run: Side
    control: Side
    at_most: float | None = None
    at_least: float | None = None
    unit: str = "points"
    items: int | None = None
    part: bool = False
    note: str = ""

    @property
    def asked(self) -> str:
        """What counts as a yes, in words."""
        limit = f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"
        return f"{limit} {self.unit}"


def read_comparison(table: Mapping[str, Any]) -> Comparison:
    """Return the comparison of a table that `wrong_in_comparison` finds nothing wrong with."""
    sides = {name: Side(**{"experiment": table["experiment"], **table[name]}) for name in ("run", "control")}
    return Comparison(**{**table, **sides})


def wrong_in_comparison(where: str, table: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield what is wrong with a table of claims.toml: unknown keys, a missing control or limit."""
    yield from _unknown(where, table, KEYS)
    for key, kind in _KINDS.items():
        if not isinstance(table.get(key), kind):
            yield Mistake(f"{where}.{key}", f"must be {kind.__name__}", repr(table.get(key, "nothing")))
    if ("at_most" in table) == ("at_least" in table):
        yield Mistake(where, "needs one limit", allowed="at_most or at_least")
    for name in ("run", "control"):
        if isinstance(table.get(name), dict):
            yield from _wrong_side(f"{where}.{name}", table[name])


def _wrong_side(where: str, side: Mapping[str, Any]) -> Iterator[Mistake]:
    yield from _unknown(where, side, SIDE_KEYS)
    if "value" in side:
        if not side.get("what"):
            yield Mistake(f"{where}.what", "a number needs its origin")
    elif not (side.get("file") and side.get("measure")):
        yield Mistake(where, "names no recorded measure", allowed="file and measure, or value and what")


def _unknown(where: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> Iterator[Mistake]:
    for key in table.keys() - set(allowed):
        yield Mistake(f"{where}.{key}", "unknown key", allowed=", ".join(allowed), suggestion=closest(key, allowed))
