"""Runs as labelled arrays: errors over learner, rule, width, samples and seed, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from power_law import curvature, excess, exponent
from xarray import DataArray, Dataset

NAMES = {
    "learner": "what learns in the circuit: its local rule, or backpropagation through time",
    "rule": "the rule that the circuit is made for",
    "width": "units in each area",
    "samples": "training images",
    "step_size": "step size of Adam",
    "seed": "of all random numbers, of the test items too",
}
LEAST = 100 * 0.5 / 360
"""An error of none of 360 test items counts as half an item where its logarithm is taken [percent]."""


def array_of(runs: Sequence[Mapping[str, Any]], measure: str, dims: Sequence[str]) -> DataArray:
    """Return a measure [percent] along `dims`; nan where there is no run."""
    axes = {dim: list(dict.fromkeys(run[dim] for run in runs)) for dim in dims}
    for dim in set(axes) - {"learner", "rule"}:
        axes[dim].sort()
    values = np.full([len(axis) for axis in axes.values()], np.nan)
    for run in runs:
        values[tuple(axes[dim].index(run[dim]) for dim in dims)] = run[measure]
    coordinates = {dim: (dim, axis, {"units": "1", "long_name": NAMES[dim]}) for dim, axis in axes.items()}
    about = {"units": "percent", "long_name": measure.replace("_", " ")}
    return DataArray(values, coordinates, dims, measure, about)


def best_steps(steps: Dataset) -> DataArray:
    """Return the step size with the least mean validation error, (learner, rule, width)."""
    return steps["validation_error"].idxmin("step_size")


def step_at(best: DataArray, width: int) -> float:
    """Return the step size at a width: between those where it was chosen, interpolated in log-log axes."""
    return float(np.exp(np.interp(np.log(width), np.log(best["width"]), np.log(best))))


def derived(error: DataArray) -> Dataset:
    """Return the test errors with what decides the claims, for every seed.

    Parameters
    ----------
    error : (learner, rule, width, samples, seed) array
        Percent; nan where the grid has no point.
    """
    logs = np.log10(error.clip(LEAST))
    narrow, wide = error["width"].min(), error["width"].max()
    found = {
        "test_error": error,
        "gain": _said(
            error.sel(width=narrow) - error.sel(width=wide), "points", "error of the narrowest less of the widest"
        ),
        "fold_gain": _said(
            (logs.sel(width=narrow) - logs.sel(width=wide)) / np.log10(2),
            "1",
            "how many times the error halves from the narrowest to the widest",
        ),
    }
    for axis, line in (
        ("width", logs.sel(samples=error["samples"].max(), drop=True)),
        ("samples", logs.sel(width=wide, drop=True)),
    ):
        where = "with most images" if axis == "width" else "in the widest circuit"
        found[f"exponent_over_{axis}"] = _said(exponent(line, axis), "1", f"b of error = a * {axis} ** -b, {where}")
        found[f"curvature_over_{axis}"] = _said(
            curvature(line, axis), "1", f"second-order coefficient of log10(error) over log10({axis}), {where}"
        )
        found[f"excess_over_{axis}"] = _said(
            excess(line, axis), "1", f"error at the largest {axis} over what the power law of the others says, {where}"
        )
    return Dataset(found)


def _said(values: DataArray, units: str, long_name: str) -> DataArray:
    return values.drop_vars([name for name in values.coords if name not in values.dims]).assign_attrs(
        units=units, long_name=long_name
    )
