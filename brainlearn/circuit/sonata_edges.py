"""Edges of SONATA as listed synapses: their ends, and what each has, as weights and delays.

SONATA: Dai et al. 2020, PLoS Computational Biology 16:e1007696.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np

from brainlearn.mistakes import Mistake, UserError, closest

SUFFIX = ".h5"
ENDS = {"pre": "source_node_id", "post": "target_node_id"}
DEFAULTS = {"weight": "syn_weight"}
GROUP, PLACE = "edge_group_id", "edge_group_index"
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError)


def is_sonata(path: Path) -> bool:
    """Return whether a file of synapses is one of SONATA, by its name."""
    return path.suffix == SUFFIX


def number_of_edges(path: Path, population: str, place: str) -> int:
    """Return how many edges a population has; parameters and errors are those of `read_edges`."""
    with _opened(path, population, place) as group:
        return _numbers(group, ENDS["pre"], None, place).shape[0]


def read_edges(path: Path, population: str, name: str, number: int, place: str) -> np.ndarray:
    """Read one number of every edge.

    Parameters
    ----------
    path : Path
    population : str
        Of edges; empty: the only one of the file.
    name : str
        ``pre`` and ``post`` are the ends, ``weight`` is ``syn_weight``; every other name is that of a dataset in the
        groups of edges.
    number : int
        Of edges.
    place : str
        Of the table that names the file, for the mistakes.

    Returns
    -------
    (synapse,) array of float64

    Raises
    ------
    UserError
        If it is missing, damaged, is in another file, or holds what is no finite number.
    """
    with _opened(path, population, place) as group:
        if name in ENDS:
            found = _numbers(group, ENDS[name], number, place)[:].astype(np.float64)
        else:
            found = _of_groups(group, DEFAULTS.get(name, name), number, place)
    if not np.isfinite(found).all():
        raise UserError(Mistake(place, f"{name} holds numbers that are not finite"))
    return found


@contextlib.contextmanager
def _opened(path: Path, population: str, place: str) -> Iterator[h5py.Group]:
    """Open a population of edges; errors while it is open are mistakes of the user."""
    if not path.is_file():
        said = "not a file" if path.exists() or path.is_symlink() else "no such file"
        raise UserError(Mistake(f"{place}.file", said, str(path), "a file in the folder of the circuit file"))
    try:
        with h5py.File(path, "r") as file:
            names = list(_own(file, "edges", place)) if "edges" in file else []
            if not names:
                raise UserError(Mistake(f"{place}.file", "no edges of SONATA", str(path), "/edges/POPULATION"))
            if not population and len(names) > 1:
                hint = f'Write population = "{names[0]}" in the connectivity.'
                wrong = "the file has several populations of edges"
                raise UserError(Mistake(f"{place}.population", wrong, ", ".join(names), "one", hint))
            chosen = population or names[0]
            if chosen not in names:
                wrong, known = "no such population of edges", ", ".join(names)
                raise UserError(Mistake(f"{place}.population", wrong, chosen, known, closest(chosen, names)))
            yield _own(file["edges"], chosen, place)
    except _DAMAGED as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise UserError(Mistake(f"{place}.file", "cannot be read as edges of SONATA", reason)) from error


def _of_groups(group: h5py.Group, name: str, number: int, place: str) -> np.ndarray:
    """Gather what edges have from the groups that SONATA parts them into."""
    parts = sorted(key for key in group if key.isdigit())
    without = [part for part in parts if name not in _own(group, part, place)]
    if without or not parts:
        known = sorted(set(ENDS).union(*(group[part] for part in parts)))
        hint = "Attributes shared by an edge type are in the CSV file of types: write them into the circuit file."
        found = f"{name} in group {without[0]}" if without else name
        raise UserError(Mistake(f"{place}.array", "edges have no such attribute", found, ", ".join(known), hint))
    if len(parts) == 1 and GROUP not in group:
        return _numbers(group[parts[0]], name, number, place)[:].astype(np.float64)
    of = _numbers(group, GROUP, number, place)[:]
    places = _numbers(group, PLACE, number, place)[:]
    values = np.full(number, np.nan)
    for part in parts:
        here = of == int(part)
        own = _numbers(group[part], name, None, place)[:]
        values[here] = own[places[here]]
    return values


def _numbers(group: h5py.Group, name: str, number: int | None, place: str) -> h5py.Dataset:
    """Return a dataset of numbers, one for each edge, before any of them is read."""
    if name not in group:
        raise UserError(Mistake(f"{place}.file", f"no dataset {name}", ", ".join(group), "edges of SONATA"))
    found = _own(group, name, place)
    if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "fiu":
        raise UserError(
            Mistake(f"{place}.file", f"{name} does not hold numbers", str(getattr(found, "dtype", "groups")))
        )
    if found.ndim != 1 or (number is not None and found.shape[0] != number):
        wanted = "(synapse,)" if number is None else f"({number},), (synapse,)"
        raise UserError(Mistake(f"{place}.file", f"{name} has another shape", str(found.shape), wanted))
    return found


def _own(group: Any, name: str, place: str) -> Any:
    """Return a member of a group; UserError if it is in another file, which nobody has looked at."""
    link = group.get(name, getlink=True)
    found = group[name] if isinstance(link, h5py.HardLink) else None
    if found is None or (isinstance(found, h5py.Dataset) and (found.external or found.is_virtual)):
        raise UserError(Mistake(f"{place}.file", f"{name} links to another file or object", "a link", "the values"))
    return found
