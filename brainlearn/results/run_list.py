"""Many small runs of one script, kept in a JSON file as they end: started again, the script continues from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from brainlearn.results.json_file import write_json

Run = dict[str, Any]


def measure_missing(
    asked: Iterable[Mapping[str, Any]],
    store: Path,
    measure: Callable[[Mapping[str, Any]], Run],
    said: Callable[[Run], str],
) -> list[Run]:
    """Measure what a file does not hold yet, and write each run at once.

    Parameters
    ----------
    asked : iterable of mapping
        What names each run, as its rule and seed. A run is known if the file holds one with all of these values.
    store : Path
        A JSON list of runs; it need not be there.
    measure : callable
        Given what names a run, returns what was found.
    said : callable
        Given a run, returns the line to print of it.

    Returns
    -------
    list of dict
        All runs that the file holds, each with what names it and what was found.
    """
    known: list[Run] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else []
    for each in asked:
        if not of_these(known, [each]):
            known.append({**each, **measure(each)})
            write_json(known, store)
            print(said(known[-1]), flush=True)
    return known


def of_these(runs: Iterable[Run], asked: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Return the runs that are among those asked for."""
    return [run for run in runs if any(each.items() <= run.items() for each in asked)]
