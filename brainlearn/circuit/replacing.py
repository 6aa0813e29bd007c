"""What an experiment replaces in a circuit file before it is checked: the sizes of populations, initial weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import LARGEST_POPULATION, PopulationTable, Weights
from brainlearn.circuit.tied import projection_name
from brainlearn.circuit.validation import show, unknown
from brainlearn.mistakes import Mistake

Sizes = Mapping[str, int | tuple[int, int]]
OtherWeights = Mapping[str, Weights]


def replace_sizes(draft: Draft, sizes: Sizes) -> None:
    """Give populations, by path, another size or sheet."""
    found = {path: (a, p) for a, p, path, _ in draft.all_populations()}
    for path, size in sizes.items():
        place = f"{draft.where}: size of {show(path)}"
        if path not in found:
            draft.mistakes.append(unknown(place, "population", path, found))
        elif not _is_size(size):
            allowed = "a whole number above 0, or two: rows and columns"
            draft.mistakes.append(Mistake(place, "not a size", show(size), allowed))
        else:
            a, p = found[path]
            table = draft.populations[a][p]
            assert table is not None
            draft.populations[a][p] = table.model_copy(update=_new_size(table, size))


def replace_weights(draft: Draft, weights: OtherWeights) -> dict[str, str]:
    """Give projections, by name, other initial weights.

    Returns
    -------
    dict of str to str
        From the places of weights in the circuit file to the places of those that replace them.
    """
    projections = list(enumerate(draft.projections))
    found = {projection_name(p): k for k, p in projections if p and (p.name or (p.source and p.target))}
    places = {}
    for name, table in weights.items():
        place = f"{draft.where}: weights of {show(name)}"
        if name not in found:
            draft.mistakes.append(unknown(place, "projection", name, found))
            continue
        projection = draft.projections[found[name]]
        assert projection is not None
        draft.projections[found[name]] = projection.model_copy(update={"weights": table})
        places[draft.place("projections", found[name], "weights")] = place
    return places


def moved(mistake: Mistake, places: Mapping[str, str]) -> Mistake:
    """Return the mistake, or the same about weights that the circuit file does not hold."""
    for old, new in places.items():
        if mistake.where == old or mistake.where.startswith(f"{old}."):
            return dataclasses.replace(mistake, where=new + mistake.where.removeprefix(old))
    return mistake


def _is_size(size: Any) -> bool:
    sides = tuple(size) if isinstance(size, tuple | list) else (size,)
    whole = all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides)
    return whole and len(sides) in (1, 2) and _product(sides) <= LARGEST_POPULATION


def _product(sides: tuple[int, ...]) -> int:
    return sides[0] * sides[-1] if len(sides) == 2 else sides[0]


def _new_size(table: PopulationTable, size: int | tuple[int, int]) -> dict[str, Any]:
    if not isinstance(size, int):
        return {"size": size[0] * size[1] * table.channels, "sheet": (size[0], size[1])}
    if table.sheet is not None and table.sheet[0] * table.sheet[1] * table.channels == size:
        return {"size": size, "sheet": table.sheet}
    return {"size": size, "sheet": None, "channels": 1}
