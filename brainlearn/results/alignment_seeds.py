"""Angles of several seeds in one labelled set: along ``seed``, kept as one netCDF file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from xarray import DataArray, Dataset, DataTree, concat, open_dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.schema import ALIGNMENT, SCHEMA_VERSION
from brainlearn.results.store import failed_reading
from brainlearn.results.variables import Variable
from brainlearn.results.whole_file import whole_file

SEED = Variable(("seed",), "1", "seed of every random number of the run", "iu")
ATTRIBUTES = ("experiment", "circuit", "dataset", "rule", "engine")


def alignment_of_seeds(trees: Sequence[DataTree]) -> Dataset | None:
    """Put the angles of several runs side by side.

    Parameters
    ----------
    trees : sequence of xarray.DataTree
        Results of one experiment with different seeds; those without angles are left out.

    Returns
    -------
    xarray.Dataset or None
        The variables of the group ``alignment``, each with ``seed`` as its first dimension, nan where a run did not
        measure what another did; None if no run has angles.
    """
    measured = [tree for tree in trees if "alignment" in tree.children]
    if not measured:
        return None
    sets = [tree.children["alignment"].to_dataset(inherit=False) for tree in measured]
    everywhere = set.intersection(*(set(each.data_vars) for each in sets))
    sets = [each[[name for name in each.data_vars if name in everywhere]] for each in sets]
    joined = concat(sets, dim="seed", join="outer", data_vars="all", coords="minimal", compat="override")
    seeds = np.array([tree.attrs["seed"] for tree in measured], dtype=np.int64)
    joined = joined.assign_coords(seed=("seed", seeds, SEED.attrs))
    for name, variable in ALIGNMENT.items():
        if name in joined:
            joined[name].attrs.update(variable.attrs)
    first = measured[0].attrs
    return joined.assign_attrs({"brainlearn_schema": SCHEMA_VERSION, **{name: first[name] for name in ATTRIBUTES}})


def most_averaged(values: DataArray) -> DataArray:
    """Return the values of the greatest number of presentations that each seed averaged, without ``averaging``."""
    return values.isel(averaging=_known(values).cumsum("averaging").argmax("averaging"))  # the last that is known


def least_averaged(values: DataArray) -> DataArray:
    """Return the values of the least number of presentations that each seed averaged, without ``averaging``."""
    return values.isel(averaging=_known(values).argmax("averaging"))


def _known(values: DataArray) -> DataArray:
    return values.notnull().astype(int)


def save_alignment(angles: Dataset, path: str | Path) -> None:
    """Write what `alignment_of_seeds` returned as netCDF, whole or not at all."""
    with whole_file(path) as part:
        write_netcdf(angles, part)


def load_alignment(path: str | Path) -> Dataset:
    """Read the angles of several seeds into memory.

    Raises
    ------
    UserError
        If the file is missing, damaged, or holds something else.
    """
    with failed_reading(path), open_dataset(path, engine="h5netcdf", decode_times=False) as opened:
        angles = opened.load()
    for name, variable in {**ALIGNMENT, "seed": SEED}.items():
        if name not in angles.variables and not variable.required:
            continue
        dims = variable.dims if name in (*variable.dims, "seed") else ("seed", *variable.dims)
        if name not in angles.variables or angles[name].dims != dims:
            found = ", ".join(map(str, angles[name].dims)) if name in angles.variables else "nothing"
            raise UserError(Mistake(f"{path}: {name}", "no angles of several seeds", found, ", ".join(dims)))
    return angles
