"""An experiment file with mistakes: what is right in it, so that the rest can be checked all the same."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from brainlearn.circuit.validation import describe, fields_at, plain_location
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, closest

Place = tuple[str | int, ...]

_PHASE = {"name": "x", "duration": "1 ms"}
_NEEDED: dict[str, Any] = {
    "name": "x",
    "circuit": "x",
    "phases": [_PHASE],
    "rule": {"name": "x"},
    "training": {"epochs": 1},
}
"""What is put instead of a table that is missing or wrong; nothing looks at it."""

_RULE = _NEEDED["rule"]

_TERM = {"pre": "0", "post": "0"}
"""What stands for a term of a rule that is wrong, so that the others can be looked at."""

_BY_NAME = ("sizes", "weights", "drift", "dropout", "baselines")
"""Tables of entries of which one can be left out."""

MOST_ROUNDS = 5


def read_settings(data: dict[str, Any], where: str) -> tuple[ExperimentFile | None, list[Mistake], list[Place]]:
    """Validate the content of an experiment file, collecting mistakes.

    Parameters
    ----------
    data : dict
        As read from TOML, with all changes.
    where : str
        The file, for the mistakes.

    Returns
    -------
    settings : ExperimentFile or None
        With something right in each place that is wrong; None if that cannot be.
    mistakes : list of Mistake
    broken : list of tuples
        Steps to the places that are wrong.
    """
    mistakes = find_rule_keys(data, where)
    broken: list[Place] = [("rule",)] if mistakes else []
    repaired = {**data, "rule": data.get("rule", _RULE)} if mistakes else data
    if mistakes:
        repaired.pop("rules", None)
    for attempt in range(MOST_ROUNDS):
        try:
            return ExperimentFile.model_validate(repaired), mistakes, broken
        except ValidationError as found:
            errors = found.errors(include_url=False)
        if attempt == 0:
            mistakes += [describe(ExperimentFile, data, where, "", error) for error in errors]
            repaired = copy.deepcopy(repaired)
        places = [(tuple(plain_location(repaired, error["loc"], error["type"])), error) for error in errors]
        for place, error in sorted(places, key=lambda each: str(each[0]), reverse=True):
            if error["type"] == "extra_forbidden":
                broken += _remove_unknown(repaired, place, fields_at(ExperimentFile, repaired, error["loc"]))
            else:
                broken += _repair(repaired, place)
    return None, mistakes, broken


def find_rule_keys(data: Mapping[str, Any], where: str) -> list[Mistake]:
    """Return a mistake if there is no rule, or both one rule and several."""
    if "rule" in data and "rules" in data:
        wrong = "an experiment has one table [rule], or several [[rules]]"
        return [Mistake(f"{where}: rules", wrong, "both", suggestion="Make [rule] one of the [[rules]].")]
    if "rule" not in data and "rules" not in data:
        hint = "Add a table [rule], or several [[rules]]."
        return [Mistake(f"{where}: rule", "the key is missing", "nothing", "how the circuit learns", hint)]
    return []


def _repair(data: dict[str, Any], place: Place) -> list[Place]:
    """Take what is wrong out, or put something right in its place; return the places that are not as written."""
    if not place:
        return []
    if place[0] == "rules":
        return _mend_rules(data, place)
    kept = _replaceable(place)
    if kept == place[:1] and kept[0] in _NEEDED:
        data[kept[0]] = copy.deepcopy(_NEEDED[str(kept[0])])
    elif kept[0] == "phases" and isinstance(_at(data, kept[:1]), list):
        _mend_phase(data["phases"], kept)
    elif isinstance(at := kept[-1], int) and isinstance(terms := _at(data, kept[:-1]), list):
        terms[at] = dict(_TERM)
    elif kept in (("rule", "name"), ("training", "epochs")):
        data[kept[0]][kept[1]] = _NEEDED[str(kept[0])][kept[1]]
    elif isinstance(above := _at(data, kept[:-1]), dict):
        above.pop(kept[-1], None)
    return [kept]


def _mend_rules(data: dict[str, Any], place: Place) -> list[Place]:
    """As `_repair`, in one of several rules: as if it were the only one."""
    tables, at = data["rules"], place[1] if len(place) > 1 else None
    if not isinstance(tables, list) or not isinstance(at, int):
        data["rules"] = [dict(_RULE)]
        return [("rules",)]
    alone = {"rule": tables[at]}
    mended = _repair(alone, ("rule", *place[2:]))
    tables[at] = alone["rule"]
    return [("rules", at, *each[1:]) for each in mended]


def _replaceable(place: Place) -> Place:
    """Return the smallest part at or above a place that can be left out, or that something can stand for."""
    if place[0] in _BY_NAME:
        return place[:2]
    if place[0] in ("target", "alignment", "about", "sequence", "environment"):
        return place[:1]
    if place[0] == "phases" or place[:2] in (("rule", "changes"), ("rule", "top_down")):
        return place[:3]
    return place[:2]


def _mend_phase(phases: list[Any], place: Place) -> None:
    at = place[1] if len(place) > 1 else None
    if not isinstance(at, int) or at >= len(phases):
        phases[:] = [_PHASE]
    elif len(place) == 2 or not isinstance(phases[at], dict):
        phases[at] = dict(_PHASE)
    elif place[2] in _PHASE:
        phases[at][place[2]] = _PHASE[str(place[2])]
    else:
        phases[at].pop(place[2], None)


def _remove_unknown(data: dict[str, Any], place: Place, fields: Sequence[str]) -> list[Place]:
    """Take an unknown key out; what it may have been meant to be is not as written then."""
    above = _at(data, place[:-1])
    if isinstance(above, dict):
        above.pop(place[-1], None)
    return [(*place[:-1], name) for name in fields if closest(str(place[-1]), [name])]


def _at(data: Any, place: Sequence[str | int]) -> Any:
    for step in place:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data
