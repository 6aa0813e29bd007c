"""Values that take the place of others in an experiment file: ``--set training.epochs=5``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from brainlearn.circuit.reading import DEEPEST
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake, closest
from brainlearn.renamed_keys import new_key

Changes = Sequence[str] | Mapping[str, Any]
Step = str | int


def apply_changes(data: dict[str, Any], changes: Changes) -> list[Mistake]:
    """Set keys in `data`, given as ``key.path=value`` or as a mapping, and return what is wrong with them."""
    mistakes: list[Mistake] = []
    if not isinstance(changes, Mapping):
        changes = dict(pair for change in changes if (pair := _split(change, mistakes)) is not None)
    for key, value in changes.items():
        mistakes += _set(data, key, value)
    return mistakes


def _set(data: dict[str, Any], key: str, value: Any) -> list[Mistake]:
    steps = split_key(new_key(key))
    if len(steps) > DEEPEST:
        allowed = f"at most {DEEPEST} parts joined by dots"
        return [Mistake(f"--set {key:.40}…", "a key is nested too deeply", f"{len(steps)} parts", allowed)]
    place: Any = data
    for step, following in pairwise(steps):
        if isinstance(place, dict) and isinstance(following, str):
            place.setdefault(step, {})  # a table that is not there yet
        if not _holds(place, step):
            return [_no_such_key(key, place, step)]
        place = place[step]
    last = steps[-1]
    if not _holds(place, last) and not (isinstance(place, dict) and isinstance(last, str) and last):
        return [_no_such_key(key, place, last)]
    place[last] = value
    return []


def _holds(place: Any, step: Step) -> bool:
    if isinstance(step, int):
        return isinstance(place, list) and step < len(place)
    return isinstance(place, dict) and step in place


def _no_such_key(key: str, place: Any, step: Step) -> Mistake:
    if isinstance(place, list):
        found = show(step) if isinstance(step, str) else f"[{step}]"
        allowed = ", ".join(f"[{n}]{_called(each)}" for n, each in enumerate(place))
        return Mistake(f"--set {key}", "no such element", found, allowed)
    there = list(place) if isinstance(place, dict) else []
    suggestion = closest(str(step), there) or "Write --set training.epochs=5."
    return Mistake(f"--set {key}", "no such key", show(step), ", ".join(there), suggestion)


def _called(element: Any) -> str:
    """Return the name of an element of a list, such as a phase; nothing if it has none."""
    return f" ({show(element['name'])})" if isinstance(element, dict) and "name" in element else ""


def split_key(key: str) -> list[Step]:
    """Return the steps of a key path; a step in quotes may hold dots, a number in brackets counts in a list from 0.

    >>> split_key('weights."IT/class->V1/E".scale')
    ['weights', 'IT/class->V1/E', 'scale']
    >>> split_key("rule.updates[0].size")
    ['rule', 'updates', 0, 'size']
    """
    steps: list[Step] = []
    for step in re.findall(r"""\s*("[^"]*"|'[^']*'|[^.]*?)\s*\.""", f"{key}."):
        if quoted := re.fullmatch(r"""(["'])(.*)\1""", step):
            steps.append(quoted[2])
        elif indexed := re.fullmatch(r"([^\[\]]+)((?:\[\d{1,9}\])+)", step):
            steps += [indexed[1], *map(int, re.findall(r"\d+", indexed[2]))]
        else:
            steps.append(step)
    return steps


def _split(change: str, mistakes: list[Mistake]) -> tuple[str, Any] | None:
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        mistakes.append(Mistake(f"--set {change}", "not of the form key.path=value", show(change), "training.epochs=5"))
        return None
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        value = text  # a bare word is a text
    return key.strip(), value
