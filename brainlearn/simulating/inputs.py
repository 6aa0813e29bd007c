"""External inputs of a simulation: values that may vary in time, and spike trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.circuit.plain_values import dimension_of_brian
from brainlearn.mistakes import Mistake, UserError
from brainlearn.units import DIMENSIONS, Dimension, UnitError, parse_quantity, parse_quantity_of, wrong_dimension

if TYPE_CHECKING:
    from xarray import DataArray

TIME = DIMENSIONS["time"]
INPUT_DIMENSIONS = ("time", "copy", "unit")


@dataclass(frozen=True)
class Sampled:
    """Values that change in time: each holds until the next one, the last to the end, as in `brian2.TimedArray`.

    Parameters
    ----------
    values : (sample,), (sample, unit) or (sample, copy, unit) array
        A plain array is in SI units; an array of Brian2 carries its own.
    interval : str, optional
        From one sample to the next, as ``"1 ms"``; a multiple of the time step.
    times : (sample,) array, optional
        Instead of `interval`: from when on each value holds [s], rising. Before the first one the value is 0.
    """

    values: Any
    interval: str | None = None
    times: Any = None


@dataclass(frozen=True)
class SpikeTrains:
    """Spikes of a spiking stimulus, instead of those that its own text would draw.

    A spike at `times` falls into the step that begins there or before, as in `brian2.SpikeGeneratorGroup`.

    Parameters
    ----------
    times : (spike,) array
        Since the start of the simulation [s]; an array of Brian2 carries its own unit.
    units : (spike,) array of int
    copies : (spike,) array of int, optional
        Default: every copy gets all spikes.
    """

    times: Any
    units: Any
    copies: Any = None


@dataclass(frozen=True)
class Course:
    """A value of every unit over time.

    Parameters
    ----------
    times : (sample,) array
        From when on each sample holds [s].
    values : (sample, copy, unit) array
        In SI units; copies and units may be 1, which means all alike.
    dimension : tuple of 7 int, optional
        Of the values; None if they came without a unit and are meant in SI units.
    """

    times: np.ndarray
    values: np.ndarray
    dimension: Dimension | None


def course_of(value: Any, where: str) -> Course | SpikeTrains:
    """Return an array, a number, a `Sampled`, or a labelled array as values over time; spike trains as they are.

    Raises
    ------
    UserError
        If it is none of these, or not of finite numbers.
    """
    if isinstance(value, SpikeTrains):
        return value
    if isinstance(value, Sampled):
        return _sampled(value, where)
    if type(value).__name__ == "DataArray" and hasattr(value, "coords"):
        return _labelled(value, where)
    values, dimension = numbers(value, where)
    if values.ndim > 2:
        allowed = "(unit,) or (copy, unit); values over time are a Sampled"
        raise UserError(Mistake(where, "not the shape of constant values", f"shape {values.shape}", allowed))
    if values.ndim == 0 and dimension is None:  # a plain number has no unit
        dimension = DIMENSIONS["dimensionless"]
    return Course(
        np.zeros(1), values.reshape(1, -1 if values.ndim == 2 else 1, values.shape[-1] if values.ndim else 1), dimension
    )


def numbers(value: Any, where: str) -> tuple[np.ndarray, Dimension | None]:
    """Return an array of finite numbers in SI units, with its dimension if it carries one."""
    exponents = dimension_of_brian(value) if hasattr(value, "get_best_unit") else None
    try:
        values = np.asarray(value)
    except ValueError:  # lists of different lengths
        values = np.asarray(None)
    if values.dtype.kind not in "biuf" or values.size == 0:
        found = f"{type(value).__name__} of {values.dtype}" if values.size else "nothing"
        raise UserError(Mistake(where, "not numbers", found, "numbers, or an array of them"))
    values = values.astype(float)
    if not np.isfinite(values).all():
        raise UserError(Mistake(where, "not all of them are finite numbers", "nan or inf", "finite numbers"))
    return values, exponents


def _sampled(given: Sampled, where: str) -> Course:
    values, dimension = numbers(given.values, where)
    if not 1 <= values.ndim <= 3:
        allowed = "(sample,), (sample, unit) or (sample, copy, unit)"
        raise UserError(Mistake(where, "not the shape of samples", f"shape {values.shape}", allowed))
    if (given.interval is None) == (given.times is None):
        found = "neither" if given.interval is None else "both"
        raise UserError(Mistake(where, "samples need an interval or times", found, 'one of them, as interval = "1 ms"'))
    if given.interval is not None:
        times = np.arange(len(values)) * time_of(given.interval, f"{where}: interval")
    else:
        times = _rising(given.times, len(values), f"{where}: times")
    full = values.reshape(len(values), *(1,) * (3 - values.ndim), *values.shape[1:])
    return Course(times, full, dimension)


def _labelled(array: DataArray, where: str) -> Course:
    """Take the meaning of each axis, times and units from a labelled array."""
    if unknown := [str(dim) for dim in array.dims if dim not in INPUT_DIMENSIONS]:
        raise UserError(Mistake(where, "a dimension of no input", ", ".join(unknown), ", ".join(INPUT_DIMENSIONS)))
    values, dimension = numbers(array.values, where)
    if (text := array.attrs.get("units")) is not None:
        scale, dimension = unit_of(text, where)
        values = values * scale
    times = np.zeros(1)
    if "time" in array.dims:
        if "time" not in array.coords:
            raise UserError(
                Mistake(where, "its dimension time has no coordinate", "", "times, with units as an attribute")
            )
        scale = time_of(f"1 {array['time'].attrs.get('units', 's')}", f"{where}: time")
        times = _rising(array["time"].values * scale, array.sizes["time"], f"{where}: time")
    axes = [array.dims.index(dim) for dim in INPUT_DIMENSIONS if dim in array.dims]
    shape = [array.sizes.get(dim, 1) for dim in INPUT_DIMENSIONS]
    return Course(times, np.transpose(values, axes).reshape(shape), dimension)


def _rising(times: Any, samples: int, where: str) -> np.ndarray:
    values, dimension = numbers(times, where)
    if dimension not in (None, TIME):
        raise UserError(Mistake(where, "wrong unit", allowed="times"))
    if values.shape != (samples,):
        raise UserError(Mistake(where, "one time for each sample", f"shape {values.shape}", f"({samples},)"))
    if (np.diff(values) <= 0).any() or values[0] < 0:
        raise UserError(Mistake(where, "times must increase from 0", allowed="increasing times of at least 0 s"))
    return values


def time_of(text: Any, where: str) -> float:
    """Return a time [s]; UserError if it is not one."""
    try:
        return parse_quantity_of(text, "time").value
    except UnitError as error:
        raise UserError(Mistake(where, error.wrong, error.found, error.allowed, error.suggestion)) from error


def unit_of(text: Any, where: str) -> tuple[float, Dimension]:
    """Return a unit, as ``"mV"``, in SI, and its dimension; UserError if it is not one."""
    try:
        quantity = parse_quantity(1 if text in ("", "1") else f"1 {text}")
    except UnitError as error:
        raise UserError(Mistake(where, error.wrong, error.found, error.allowed, error.suggestion)) from error
    return quantity.value, quantity.dimension


def check_dimension(found: Dimension | None, wanted: Dimension, text: str, where: str) -> None:
    """Raise a UserError if values are not in the unit of their variable; those without a unit are in SI units."""
    from brainlearn.units import Quantity

    if found is not None and found != wanted:
        error = wrong_dimension(Quantity(0.0, found, text), wanted)
        raise UserError(Mistake(where, error.wrong, error.found, error.allowed, error.suggestion))
