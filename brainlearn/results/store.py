"""Keep a result in one netCDF file, and read it back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import h5py  # type: ignore[import-untyped]
import numpy as np
from xarray import DataTree, open_datatree

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_regular, what_is_there
from brainlearn.results.episodes import TEST as TEST_EPISODES
from brainlearn.results.episodes import TRAINING as EPISODES
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.run_folder import REPORT, RESULT, RunFolder
from brainlearn.results.schema import validate
from brainlearn.results.seal import check_seal, seal
from brainlearn.results.simulation_schema import is_simulation, validate_simulation
from brainlearn.results.variables import SchemaError
from brainlearn.results.whole_file import whole_file

COMPRESSION = {"zlib": True, "complevel": 4, "shuffle": True}


def save_result(tree: DataTree, path: str | Path) -> None:
    """Write `tree` as netCDF, whole or not at all.

    Parameters
    ----------
    tree : xarray.DataTree
        A result, as from `brainlearn.results.tree.result_tree`.
    path : str or Path
        The file; an older one is replaced once the new one is complete.

    Raises
    ------
    SchemaError
        If the tree does not follow the schema; nothing has been written then.
    UserError
        If the file cannot be written.
    """
    validate(tree)
    with whole_file(path) as part:
        write_netcdf(tree, part, _encoding(tree))
        seal(part)


def load_result(path: str | Path) -> DataTree:
    """Read a result into memory and close its file.

    Parameters
    ----------
    path : str or Path
        A file that `save_result` wrote, or the folder of a run or a simulation, which holds ``result.nc``.

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    UserError
        If there is no such file, or it is cut short, damaged, or no result of brainlearn.
    """
    path = result_file(path)
    with (
        failed_reading(path),
        open_datatree(path, engine="h5netcdf", decode_times=False, decode_timedelta=False) as opened,
    ):
        tree = opened.load().copy(deep=True)
    plain_attributes(tree)
    try:
        validate_simulation(tree) if is_simulation(tree.attrs) else validate(tree)
    except SchemaError as error:
        wrong = (f"no valid result of brainlearn: {violation}" for violation in error.violations)
        raise UserError(*(Mistake(str(path), text) for text in wrong)) from error
    return tree


def load_run(path: str | Path) -> DataTree:
    """Read the result of a run as `load_result` does; UserError if it is that of a simulation without learning."""
    tree = load_result(path)
    if is_simulation(tree.attrs):
        hint = f"Its page is {REPORT} beside it; brainlearn.load_result reads it."
        raise UserError(Mistake(str(path), "not a run", "a simulation without learning", "the folder of a run", hint))
    return tree


def is_simulation_at(path: str | Path) -> bool:
    """Return whether a folder or a file holds the result of a simulation without learning; UserError if of nothing."""
    file = result_file(path)
    with failed_reading(file), h5py.File(file, "r") as opened:
        return is_simulation(opened.attrs)


def read_simulation(source: Path | IO[bytes]) -> DataTree:
    """Read the result of a simulation that was just written, from a file or from memory, into memory."""
    with open_datatree(source, engine="h5netcdf", decode_times=False, decode_timedelta=False) as opened:
        for node in opened.subtree:  # DataTree.load leaves out variables that have the name of a group
            for variable in node.variables.values():
                variable.load()
        tree = opened.copy(deep=True)
    plain_attributes(tree)
    return tree


def open_simulation(path: str | Path) -> DataTree:
    """Open the result of a simulation, and read of it only what is asked for: it may be larger than memory.

    Parameters
    ----------
    path : str or Path
        The folder of a simulation, or its ``result.nc``.

    Returns
    -------
    xarray.DataTree
        Close it when it is done with: ``with open_simulation(folder) as tree``.

    Raises
    ------
    UserError
        If there is no such file, or it is damaged, or no simulation.
    """
    path = result_file(path)
    with failed_reading(path):
        tree = open_datatree(path, engine="h5netcdf", decode_times=False, decode_timedelta=False)
    plain_attributes(tree)
    if not is_simulation(tree.attrs):
        tree.close()
        hint = f"brainlearn.load_result reads it: {path}"
        raise UserError(Mistake(str(path), "not the result of a simulation", "that of a run", suggestion=hint))
    return tree


def metrics_only(tree: DataTree) -> DataTree:
    """Return the small part of a result: curves and answers of the test, without weights and goodness."""
    groups = {
        "/": tree.to_dataset(inherit=False),
        "/metrics": tree.children["metrics"].to_dataset(inherit=False),
    }
    if "test" in tree.children:
        groups["/test"] = tree.children["test"].to_dataset(inherit=False).drop_vars("goodness", errors="ignore")
    for name in (EPISODES, TEST_EPISODES):
        if name in tree.children:
            groups[f"/{name}"] = tree.children[name].to_dataset(inherit=False)
    return DataTree.from_dict(groups)


def result_file(path: str | Path) -> Path:
    """Return the result's file, given the file or its run folder; UserError if there is none."""
    path = Path(path)
    there = what_is_there(path)
    file = path / RESULT if there == "a folder" else path
    if is_regular(file):
        return file
    if there == "a folder":
        found = f"{RESULT} is {what}" if (what := what_is_there(file)) else f"no {RESULT}"
        raise UserError(Mistake(str(path), "holds no result", found, "a run folder", _why_none(RunFolder(path))))
    raise UserError(Mistake(str(file), "no such file or folder", there, f"a run folder or its {RESULT}"))


def _why_none(folder: RunFolder) -> str:
    if folder.marked:
        return f"The run has not ended: brainlearn watch {folder} shows its progress."
    inside = [path.parent for path in sorted(folder.path.glob(f"*/{RESULT}"))]
    return f"Name a run in it, such as {inside[-1]}." if inside else ""


@contextlib.contextmanager
def failed_reading(path: str | Path) -> Iterator[None]:
    """Raise a UserError that names the file if reading it fails within the block."""
    try:
        _probe(Path(path))
        yield
    except Exception as error:  # HDF5 answers a damaged file with nearly any exception
        raise UserError(_unreadable(Path(path), error)) from error


def _probe(path: Path) -> None:
    """Fail on a damaged file in silence, where HDF5 might loop and h5netcdf leave a traceback on the terminal."""
    check_seal(path)
    with h5py.File(path, "r") as file:
        list(file.attrs.items())


def _encoding(tree: DataTree) -> dict[str, Any]:
    encoding: dict[str, Any] = {}
    for group in tree.subtree:
        variables = group.to_dataset(inherit=False).variables
        arrays = [name for name, v in variables.items() if v.dtype.kind in "fiu" and v.size and v.ndim]
        encoding[group.path] = {name: dict(COMPRESSION) for name in arrays}
        if group.path.startswith("/weights/"):
            for name in ("initial", "final"):
                encoding[group.path][name]["dtype"] = "float32"
    return encoding


def plain_attributes(tree: DataTree) -> None:
    """Give back the numbers and lists that were written, not HDF5's arrays."""
    for group in tree.subtree:
        for name, value in group.attrs.items():
            if isinstance(value, (np.generic, np.ndarray)):
                group.attrs[name] = value.tolist()


def _unreadable(path: Path, error: Exception) -> Mistake:
    lines = str(error).splitlines() or [type(error).__name__]
    return Mistake(str(path), "cannot be read as a result", lines[0], "a complete netCDF file of brainlearn")
