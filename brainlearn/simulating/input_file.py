"""Inputs in files: npz, netCDF and CSV hold constant values, samples over time, or spike trains."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.regular_file import check_regular, open_regular, read_text, reason
from brainlearn.simulating.inputs import Course, Sampled, SpikeTrains, course_of, time_of, unit_of

if TYPE_CHECKING:
    from xarray import DataArray

ENDINGS = (".npz", ".nc", ".csv")
DAMAGED = (OSError, ValueError, TypeError, KeyError, AttributeError, zipfile.BadZipFile, EOFError, zlib.error)
SPIKE_TIME, SPIKE_UNIT, SPIKE_COPY = "spike_time", "spike_unit", "spike_copy"
HEADERS = '"time [ms],unit" for spikes, "unit,value [Hz]" for constants, "time [ms],0,1,…" for samples of each unit'
_HEADER = re.compile(r"\s*(?P<name>[^\[\]]*?)\s*(?:\[(?P<unit>[^\[\]]*)\])?\s*")


def read_input(path: Path, name: str, where: str) -> Any:
    """Read an input from a file.

    Parameters
    ----------
    path : Path
    name : str
        Of the array in an npz file, or of the variable or group in a netCDF file; empty: the one that is there.
    where : str
        For mistakes.

    Returns
    -------
    array, Sampled, SpikeTrains, Course or xarray.DataArray

    Raises
    ------
    UserError
        If the file is missing or damaged, or holds something else.
    """
    where = f"{where}: {path}"
    reader = {".npz": _read_npz, ".nc": _read_netcdf, ".csv": _read_csv}[path.suffix.lower()]
    try:
        check_regular(path)
        return reader(path, name, where)
    except FileNotFoundError as error:
        raise UserError(Mistake(where, "no such file")) from error
    except DAMAGED as error:
        text = (reason(error) or type(error).__name__).splitlines()[0]
        raise UserError(Mistake(where, "cannot be read", text)) from error


# ---- npz -----------------------------------------------------------------------------------------------------------


def _read_npz(path: Path, name: str, where: str) -> Any:
    with open_regular(path) as file, np.load(file, allow_pickle=False) as arrays:
        names = list(arrays)
        if not name and {SPIKE_TIME, SPIKE_UNIT} <= set(names):
            copies = arrays[SPIKE_COPY] if SPIKE_COPY in names else None
            return SpikeTrains(arrays[SPIKE_TIME], arrays[SPIKE_UNIT], copies)
        wanted = name or "values"
        if wanted not in names:
            allowed = f"{', '.join(names)}; without a name: values, or {SPIKE_TIME} and {SPIKE_UNIT}"
            raise UserError(Mistake(where, "no such array", f'"{wanted}"', allowed, closest(wanted, names)))
        values = arrays[wanted]
        times = arrays["time"] if "time" in names else None
        interval = f"{float(arrays['interval'])!r} s" if "interval" in names else None
        unit = str(arrays["units"]) if "units" in names else None
    sampled = interval is not None or times is not None
    course = course_of(Sampled(values, interval, times) if sampled else values, where)
    assert isinstance(course, Course)
    if unit is None:
        return course
    scale, dimension = unit_of(unit, where)
    return Course(course.times, course.values * scale, dimension)


# ---- netCDF --------------------------------------------------------------------------------------------------------


def _read_netcdf(path: Path, name: str, where: str) -> SpikeTrains | DataArray:
    from xarray import open_datatree

    with open_datatree(path, engine="h5netcdf", decode_times=False, decode_timedelta=False) as opened:
        groups = {group.path.strip("/"): group for group in opened.subtree}
        group, _, variable = name.rpartition("/")
        data = (groups[name] if name in groups else groups.get(group, opened)).to_dataset(inherit=False)
        wanted = "" if name in groups else variable
        if not wanted and {SPIKE_TIME, SPIKE_UNIT} <= set(data.variables):
            scale = time_of(f"1 {data[SPIKE_TIME].attrs.get('units', 's')}", where)
            copies = data[SPIKE_COPY].values if SPIKE_COPY in data else None
            return SpikeTrains(data[SPIKE_TIME].values * scale, data[SPIKE_UNIT].values, copies)
        names = [str(each) for each in data.data_vars]
        if not wanted and len(names) == 1:
            wanted = names[0]
        if wanted not in names:
            inside = [each for each, found in groups.items() if each and found.to_dataset(inherit=False).data_vars]
            found = f'"{wanted}"' if wanted else "several, or none"
            allowed = ", ".join([*names, *inside]) or "one variable, or spike_time and spike_unit"
            hint = f"Name it, as {path.name}:{(names or inside)[0]}." if names or inside else ""
            raise UserError(Mistake(where, "the variable is ambiguous", found, allowed, hint))
        return data[wanted].load()


# ---- CSV -----------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, name: str, where: str) -> SpikeTrains | Course:
    if name:
        raise UserError(
            Mistake(where, "a CSV file holds one input", f'"{name}"', f"the name of the file alone: {path}")
        )
    rows = [row for row in csv.reader(io.StringIO(read_text(path))) if row]
    if len(rows) < 2:
        raise UserError(Mistake(where, "no rows", allowed=f"a line of column names, as {HEADERS}; then numbers"))
    names, units = _header(rows[0], where)
    table = _table(rows[1:], len(names), where)
    if names[:2] == ["time", "unit"] and names[2:] in ([], ["copy"]):
        scale = time_of(f"1 {units[0] or 's'}", f"{where}: time")
        return SpikeTrains(table[:, 0] * scale, table[:, 1], table[:, 2] if len(names) == 3 else None)
    if names == ["unit", "value"]:
        return _constants(table, units[1], where)
    if names[0] == "time" and len(names) > 1:
        return _samples(table, names, units, where)
    raise UserError(Mistake(where, "not the columns of an input", ", ".join(names), HEADERS))


def _header(row: list[str], where: str) -> tuple[list[str], list[str]]:
    """Return the names of columns, and their units, empty where there is none."""
    found = [_HEADER.fullmatch(cell) for cell in row]
    if wrong := [cell for cell, match in zip(row, found, strict=True) if match is None]:
        raise UserError(Mistake(where, "not the name of a column", f'"{wrong[0]}"', HEADERS))
    matches = [match for match in found if match is not None]
    return [match["name"].lower() for match in matches], [(match["unit"] or "").strip() for match in matches]


def _table(rows: list[list[str]], columns: int, where: str) -> np.ndarray:
    for line, row in enumerate(rows, start=2):
        if len(row) != columns:
            raise UserError(Mistake(f"{where}: line {line}", "another number of columns", str(len(row)), str(columns)))
        try:
            [float(cell) for cell in row]
        except ValueError as error:
            raise UserError(Mistake(f"{where}: line {line}", "not numbers", ",".join(row)[:60])) from error
    return np.array(rows, dtype=float)


def _constants(table: np.ndarray, unit: str, where: str) -> Course:
    order = table[:, 0]
    if not np.array_equal(np.sort(order), np.arange(len(order))):
        found = f"{len(order)} rows from {order.min():g} to {order.max():g}"
        raise UserError(Mistake(where, "not one row for each unit", found, "units 0, 1, 2, …, each once"))
    scale, dimension = unit_of(unit, where)
    values = table[np.argsort(order), 1] * scale
    return Course(np.zeros(1), values.reshape(1, 1, -1), dimension)


def _samples(table: np.ndarray, names: list[str], units: list[str], where: str) -> Course:
    columns = names[1:]
    if columns != ["value"] and columns != [str(k) for k in range(len(columns))]:
        raise UserError(Mistake(where, "not the columns of samples", ", ".join(columns), "value, or 0, 1, 2, …"))
    if len(given := {unit for unit in units[1:] if unit}) > 1:
        raise UserError(Mistake(where, "columns of several units", ", ".join(sorted(given)), "one unit for all"))
    times = table[:, 0] * time_of(f"1 {units[0] or 's'}", f"{where}: time")
    course = course_of(Sampled(table[:, 1] if columns == ["value"] else table[:, 1:], times=times), where)
    assert isinstance(course, Course)
    scale, dimension = unit_of(next(iter(given), ""), where)
    return Course(course.times, course.values * scale, dimension)
