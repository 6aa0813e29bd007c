"""The dimensions of a sweep: what is swept along each, and the points where they cross."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from brainlearn.sweep.schema import SweepFile

POINT, SEED = "point", "seed"


@dataclass(frozen=True)
class Axis:
    """One dimension of the result.

    Parameters
    ----------
    name : str
        Of the dimension: the key, with ``_`` for every sign that is no letter or digit.
    key : str
        Key of the experiment that changes along it; ``"point"`` where several may.
    values : tuple
        What it takes, in the order of the file.
    """

    name: str
    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """The position of a point, and its changes.

    Parameters
    ----------
    index : tuple of int
        Along every axis, the seed last.
    changes : mapping
        Values by key of the experiment, without those that all points share.
    seed : int or None
        None: that of the experiment.
    """

    index: tuple[int, ...]
    changes: Mapping[str, Any]
    seed: int | None


def axes_of(settings: SweepFile) -> tuple[Axis, ...]:
    """Return the swept axes in the order of the file, without that of the seeds."""
    if settings.points:
        return (Axis(POINT, POINT, tuple(range(len(settings.points)))),)
    return tuple(Axis(dimension(key), key, tuple(values)) for key, values in settings.grid.items())


def places(settings: SweepFile) -> Iterator[Place]:
    """Yield every point; the seed changes fastest, then the last axis."""
    seeds: Sequence[int | None] = settings.seeds or [None]
    for index, changes in _combinations(settings):
        for number, seed in enumerate(seeds):
            yield Place((*index, number), changes, seed)


def _combinations(settings: SweepFile) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    if settings.points:
        yield from (((number,), changes) for number, changes in enumerate(settings.points))
        return
    for index in itertools.product(*(range(len(values)) for values in settings.grid.values())):
        chosen = zip(settings.grid.items(), index, strict=True)
        yield index, {key: values[number] for (key, values), number in chosen}


def dimension(key: str) -> str:
    """Return the name of the dimension of a key; a slash or a dot in it would part groups in netCDF files.

    >>> dimension("sizes.V1/E"), dimension("rule.updates[0].size")
    ('sizes_V1_E', 'rule_updates_0_size')
    """
    return re.sub(r"\W+", "_", key).strip("_")


def label(value: Any) -> str:
    """Write a value in a few characters.

    >>> label(0.5), label(True), label("8 ms"), label([12, 12])
    ('0.5', 'true', '8 ms', '[12, 12]')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def coordinate(values: Sequence[Any]) -> tuple[np.ndarray, str]:
    """Return the values of one key as an array, and their unit.

    Numbers stay numbers, and quantities of one unit become numbers of that unit; everything else becomes text, and a
    value that is missing (None) ``""`` or nan.

    >>> coordinate(["4 ms", "8 ms"])
    (array([4., 8.]), 'ms')
    >>> coordinate(["adam", [1, 2]])
    (array(['adam', '[1, 2]'], dtype='<U6'), '1')
    """
    known = [value for value in values if value is not None]
    if all(_is_number(value) for value in known):
        whole = all(isinstance(value, int) for value in values)
        numbers = [np.nan if value is None else value for value in values]
        return np.array(numbers, dtype=np.int64 if whole else np.float64), "1"
    parts = [_quantity(value) for value in values]
    if len({None if part is None else part[1] for part in parts}) == 1 and parts[0] is not None:
        return np.array([part[0] for part in parts if part is not None]), parts[0][1]
    return np.array(["" if value is None else label(value) for value in values]), "1"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**63


def _quantity(value: Any) -> tuple[float, str] | None:
    found = re.fullmatch(r"\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s+([A-Za-z]\w*)\s*", str(value))
    return (float(found[1]), found[2]) if found and isinstance(value, str) else None
