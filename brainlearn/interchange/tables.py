"""A result as plain arrays (npz) or as tables (CSV), for programs that read no netCDF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from xarray import Dataset, DataTree

from brainlearn.results.json_file import plain
from brainlearn.results.whole_file import whole_file

ATTRIBUTES = "attributes"


def arrays_of(tree: DataTree) -> dict[str, np.ndarray]:
    """Return every variable of a result by its path, as ``weights/V1.E->V2.E/final``, and the attributes as JSON.

    No array holds Python objects: ``numpy.load(path, allow_pickle=False)`` reads them all.
    """
    found: dict[str, np.ndarray] = {}
    attributes: dict[str, Any] = {}
    for group in tree.subtree:
        path = group.path.strip("/")
        data = group.to_dataset(inherit=False)
        attributes[f"/{path}"] = dict(data.attrs)
        for name, variable in data.variables.items():
            values = variable.values
            found[f"{path}/{name}".strip("/")] = values.astype(np.str_) if values.dtype == object else values
            attributes[f"/{path}/{name}".replace("//", "/")] = {"dimensions": variable.dims, **variable.attrs}
    found[ATTRIBUTES] = np.array(json.dumps(plain(attributes)))
    return found


def write_npz(tree: DataTree, path: Path) -> None:
    """Write every variable of a result into one compressed npz file."""
    with whole_file(path) as part, part.open("wb") as file:
        np.savez_compressed(file, **arrays_of(tree))  # type: ignore[arg-type]


def write_csv(tree: DataTree, folder: Path) -> list[Path]:
    """Write a table for every group and set of dimensions; the folder exists.

    Returns
    -------
    list of Path
    """
    written = []
    for name, data in tables_of(tree):
        written.append(folder / f"{name}.csv")
        with whole_file(written[-1]) as part:
            _rows(data).to_csv(part, index=False)
    return written


def _rows(data: Dataset) -> Any:
    """Return variables of the same dimensions as a table; those without any are one row."""
    return (data if data.dims else data.expand_dims("only")).to_dataframe().reset_index(drop=not data.dims)


def tables_of(tree: DataTree) -> Iterator[tuple[str, Dataset]]:
    """Yield a name and the variables with the same dimensions, group by group.

    A table of ``/metrics`` over epoch and population is ``metrics-by-epoch-and-population``.
    """
    for group in tree.subtree:
        data = group.to_dataset(inherit=False)
        for dims in dict.fromkeys(variable.dims for variable in data.data_vars.values()):
            same = [name for name, variable in data.data_vars.items() if variable.dims == dims]
            path = re.sub(r"[^\w.-]+", "-", group.path.strip("/").replace("->", "-to-"))
            by = "-and-".join(str(dim) for dim in dims)
            yield f"{path}-by-{by}" if by else path, data[same]
