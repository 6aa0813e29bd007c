"""Where a mistake is, in the words of a script: ``projection "V1/E->V2/E": target`` for ``projections[3].target``."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from brainlearn.mistakes import Mistake

_PLACE = re.compile(
    r"\bprojections\[(?P<projection>\d+)\]"
    r"|areas\[(?P<area>\d+)\](?:\.populations\[(?P<population>\d+)\])?"
    r'|(?P<models>neurons|synapses)\.(?P<model>\w+|"[^"]*")'
)
_MODELS = {"neurons": "neuron", "synapses": "synapse"}


def in_script(mistake: Mistake, data: Mapping[str, Any]) -> Mistake:
    """Return the mistake with names instead of indices.

    Parameters
    ----------
    mistake : Mistake
        Found in `data`.
    data : mapping
        Tables of a circuit file.
    """
    head, key = mistake.where.partition(": ")[::2]
    head = head[head.rfind('circuit "') :] if 'circuit "' in head else head  # without the folder of arrays
    where = f"{head}: {_named(key, data, ': ')}" if key else head
    return dataclasses.replace(mistake, where=where, suggestion=_named(mistake.suggestion, data, " "))


def _named(text: str, data: Mapping[str, Any], between: str) -> str:
    def name(found: re.Match[str]) -> str:
        rest = text[found.end() :]
        return _words(found, data) + (between if rest.startswith(".") and rest[1:2].strip() else "")

    replaced = _PLACE.sub(name, text)
    return replaced.replace(f"{between}.", between)


def _words(found: re.Match[str], data: Mapping[str, Any]) -> str:
    if found["models"]:
        return f'{_MODELS[found["models"]]} "{found["model"].strip(chr(34))}"'
    if found["projection"]:
        number = int(found["projection"])
        table = _table(data["projections"][number])
        ends = [end for key in ("source", "target") if isinstance(end := table.get(key), str)]
        return _called("projection", table.get("name") or ("->".join(ends) if len(ends) == 2 else None), number)
    number = int(found["area"])
    area = _table(data["areas"][number])
    if found["population"] is None:
        return _called("area", area.get("name"), number)
    position = int(found["population"])
    tables = (area, _table(area["populations"][position]))
    names = [name for table in tables if isinstance(name := table.get("name"), str)]
    return _called("population", "/".join(names) if len(names) == 2 else None, position)


def _table(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _called(kind: str, name: Any, number: int) -> str:
    """Name a thing; one without a name by its place, counted from 0 as in Python."""
    return f'{kind} "{name}"' if isinstance(name, str) and name else f"{kind} {number}"
