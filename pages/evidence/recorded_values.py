"""What recorded runs measured, by seed: read from JSON lists of runs and from netCDF files in ``result/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from xarray import DataArray, Dataset, load_dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.alignment_seeds import most_averaged
from pages.evidence.comparison import Side

Values = dict[int, float]


def values_by_seed(side: Side, experiments: Path) -> Values:
    """Return the measure of a side for every recorded seed, `less` subtracted.

    Raises
    ------
    UserError
        If the record is missing, or has no such runs.
    """
    found = _values(side, side.where, experiments)
    if side.less:
        less = _values(side, {**side.where, **side.less}, experiments)
        found = {seed: value - less[seed] for seed, value in found.items() if seed in less}
    return found


def terms(side: Side, experiments: Path) -> list[tuple[int, float]]:
    """Return the mean over seeds of what is added (1) and of what is subtracted (-1)."""
    mean = {1: _values(side, side.where, experiments)}
    if side.less:
        mean[-1] = _values(side, {**side.where, **side.less}, experiments)
    return [(sign, float(np.mean(list(values.values())))) for sign, values in mean.items()]


def runs_of(side: Side, experiments: Path) -> list[Mapping[str, Any]]:
    """Return the recorded runs of a side whose record is a list of runs; none of any other."""
    if not side.file.endswith(".json"):
        return []
    return [run for run in _runs(_path(side, experiments)) if _fits(run, side.where)]


def search_points(side: Side, experiments: Path) -> int | None:
    """Return how many settings the recorded search tried for a side; None if no search is recorded."""
    if not side.tried:
        return None
    searched = _chosen(_opened(experiments / side.experiment / "result" / side.tried), side.tried_where)
    return int(searched["validation_error"].notnull().sum())


def _path(side: Side, experiments: Path) -> Path:
    return experiments / side.experiment / "result" / side.file


def _values(side: Side, where: Mapping[str, Any], experiments: Path) -> Values:
    path = _path(side, experiments)
    if not path.is_file():
        raise UserError(Mistake(str(path), "no such record", suggestion="Has the experiment been recorded?"))
    read = _from_runs if path.suffix == ".json" else _from_arrays
    found = {seed: value * side.factor for seed, value in sorted(read(path, side.measure, where).items())}
    if not found:
        raise UserError(Mistake(str(path), "no run with this measure", f"{side.measure}, {dict(where)}"))
    return found


def _from_runs(path: Path, measure: str, where: Mapping[str, Any]) -> Values:
    of_seed: dict[int, list[float]] = {}
    for run in _runs(path):
        value = _within(run, measure)
        if value is not None and _fits(run, where):
            of_seed.setdefault(int(run["seed"]), []).append(float(value))
    return {seed: float(np.mean(values)) for seed, values in of_seed.items()}


def _runs(path: Path) -> list[Mapping[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))


def _within(run: Mapping[str, Any], measure: str) -> Any:
    found: Any = run
    for key in measure.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _fits(run: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    return all(run.get(key) in (wanted if isinstance(wanted, list) else [wanted]) for key, wanted in where.items())


def _from_arrays(path: Path, measure: str, where: Mapping[str, Any]) -> Values:
    values = _chosen(_opened(path), where)[measure]
    if "averaging" in values.dims:
        values = most_averaged(values)
    values = values.mean([dim for dim in values.dims if dim in where])
    if values.dims != ("seed",):
        missing = ", ".join(str(dim) for dim in values.dims if dim != "seed")
        raise UserError(Mistake(f"{path}: {measure}", "dimensions are left over", missing, "name them in where"))
    return {int(seed): float(value) for seed, value in zip(values["seed"], values, strict=True) if np.isfinite(value)}


def _opened(path: Path) -> Dataset:
    """Return what a file holds, which nothing changes: many comparisons read the same one."""
    found = path.stat()
    return _as_it_was(path, found.st_mtime_ns, found.st_size)


@cache
def _as_it_was(path: Path, modified: int, size: int) -> Dataset:
    return load_dataset(path, decode_times=False)


def _chosen(data: Dataset, where: Mapping[str, Any]) -> Dataset:
    """Keep the named values of each dimension, as lists, so that all dimensions stay."""
    return data.sel({key: wanted if isinstance(wanted, list) else [wanted] for key, wanted in where.items()})


def undetermined_angles(side: Side, experiments: Path, settled: float = 10.0) -> str:
    """Say why an angle is not determined: a limit that was clipped, or a gradient that is itself not settled.

    Returns an empty text for angles that are, and for everything else.
    """
    if not side.file.startswith("alignment") or side.measure not in ("angle", "angle_limit"):
        return ""
    angles = _chosen(_opened(_path(side, experiments)), side.where)
    if side.measure == "angle_limit" and clipped(angles["angle_limit"], most_averaged(angles["angle"])).any():
        return "a seed's limit lies beyond 0 or 180 degrees"
    reference = angles["angle_gradient"].isel(averaging=-min(2, angles.sizes["averaging"]))
    far = float(reference.max())
    return f"the gradient itself moves by {far:.0f} degrees" if far > settled else ""


def clipped(limits: DataArray, measured: DataArray) -> DataArray:
    """Tell which limits lie at 0 or 180 degrees though the measured angle does not: their cosine left -1 to 1."""
    return ((limits == 0) & (measured > 1)) | ((limits == 180) & (measured < 179))
