"""The results of all points as one array with labels."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray, Dataset, open_dataset

from brainlearn.results.run_folder import RunFolder
from brainlearn.running.preparation import versions
from brainlearn.sweep.axes import POINT, SEED, coordinate, dimension
from brainlearn.sweep.loading import Sweep
from brainlearn.sweep.measures import DIMENSIONS, MEASURES, Measure
from brainlearn.sweep.point import POINTS, Point, folder_of, is_done

SCHEMA_VERSION = "1.0"
NOT_COMPUTED = "not computed"

Found = list[tuple[tuple[int, ...], Mapping[str, Any]]]  # index and summary of each point that has one


def sweep_dataset(sweep: Sweep, folder: Path, messages: Mapping[str, str]) -> Dataset:
    """Read the results of the points.

    Parameters
    ----------
    sweep : Sweep
    folder : Path
        The sweep's folder.
    messages : mapping
        Why points failed, by name.

    Returns
    -------
    xarray.Dataset
        Every measure over the swept axes and the seed; nan where there is no result, and in `message` why.
    """
    done = [point for point in sweep.points if is_done(folder, point)]
    there = {point.name for point in done}
    found: Found = [(p.index, _with_curve(RunFolder(folder_of(folder, p)))) for p in done]
    dims = tuple(axis.name for axis in sweep.axes)
    shape = tuple(len(axis.values) for axis in sweep.axes)
    variables: dict[str, DataArray] = {}
    for name, measure in MEASURES.items():
        array = _collect(found, measure, dims, shape)
        if measure.always or np.isfinite(array.values).any():
            variables[name] = array
    texts = {
        "message": (
            "why there is no result",
            lambda p: "" if p.name in there else messages.get(p.name) or NOT_COMPUTED,
        ),
        "run": (
            "run folder, relative to the sweep's folder",
            lambda p: f"{POINTS}/{p.name}" if p.name in there else "",
        ),
    }
    for name, (words, of) in texts.items():
        variables[name] = _texts(sweep, dims, shape, words, of)
    return Dataset(variables, _coordinates(sweep, variables), _attributes(sweep, len(done)))


def _with_curve(run: RunFolder) -> Mapping[str, Any]:
    """Return the summary of a run and its validation error, epoch by epoch."""
    with open_dataset(run.result, group="metrics", engine="h5netcdf", decode_timedelta=False) as metrics:
        curve = dict(zip(metrics["epoch"].values.tolist(), metrics["validation_error"].values.tolist(), strict=True))
    return {**run.read_summary(), "validation_curve": curve}


def _collect(found: Found, measure: Measure, dims: tuple[str, ...], shape: tuple[int, ...]) -> DataArray:
    """Put one measure of all points into one array; its own dimensions follow those of the sweep."""
    values = [(index, measure.read(summary)) for index, summary in found]
    labels = [_labels(depth, values) for depth in range(len(measure.dims))]
    array = np.full((*shape, *(len(each) for each in labels)), np.nan)
    for index, by_label in values:
        for steps, value in by_label.items():
            inner = tuple(each.index(step) for each, step in zip(labels, steps, strict=True))
            array[(*index, *inner)] = np.nan if value is None else value
    coords = dict(zip(measure.dims, labels, strict=True))
    return DataArray(array, coords, (*dims, *measure.dims), attrs=measure.attrs)


def _labels(depth: int, values: Sequence[tuple[Any, Mapping[tuple[Any, ...], Any]]]) -> list[Any]:
    """Return the coordinates along one dimension of a measure: numbers in order, names as they come."""
    labels = list(dict.fromkeys(steps[depth] for _, by_label in values for steps in by_label))
    return sorted(labels) if all(isinstance(each, int) for each in labels) else labels


def _texts(
    sweep: Sweep, dims: tuple[str, ...], shape: tuple[int, ...], long_name: str, of: Callable[[Point], str]
) -> DataArray:
    array = np.full(shape, "", dtype=object)
    for point in sweep.points:
        array[point.index] = of(point)
    return DataArray(array.astype(str), dims=dims, attrs={"units": "1", "long_name": long_name})


# ---- labels --------------------------------------------------------------------------------------------------------


def _coordinates(sweep: Sweep, variables: Mapping[str, DataArray]) -> dict[str, DataArray]:
    """Return the coordinates: of a grid the values of each axis, of a list those of each key along ``point``."""
    coords = {axis.name: _coordinate(axis.name, axis.key, axis.values) for axis in sweep.axes}
    tables = sweep.settings.points
    for key in dict.fromkeys(key for table in tables for key in table):
        coords[dimension(key)] = _coordinate(POINT, key, [table.get(key) for table in tables])
    for array in variables.values():
        for name, labels in array.coords.items():
            coords[str(name)] = labels.assign_attrs(units="1", long_name=DIMENSIONS[str(name)])
    return coords


def _coordinate(dim: str, key: str, values: Sequence[Any]) -> DataArray:
    array, units = coordinate(values)
    words = {SEED: "seed of every random number", POINT: "number of the point in the file, from 0"}
    attrs = {"units": units, "long_name": words.get(key, f"{key} of the experiment"), "key": key}
    return DataArray(array, dims=(dim,), attrs=attrs)


def _attributes(sweep: Sweep, done: int) -> dict[str, str | int]:
    return {
        "brainlearn_sweep_schema": SCHEMA_VERSION,
        "creation_library": "brainlearn",
        "creation_library_version": importlib.metadata.version("brainlearn"),
        "sweep": sweep.settings.name,
        "experiment": sweep.title,
        "train": sweep.settings.train,
        "sweep_text": sweep.text,
        "points": len(sweep.points),
        "points_without_result": len(sweep.points) - done,
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "versions": json.dumps(versions()),
    }
