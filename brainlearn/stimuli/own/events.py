"""From spikes, each with a time, a unit and an item, to frames in which units spike or not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.data_file import gather
from brainlearn.stimuli.own.parts import EVENTS, PREFIXES, WANTED
from brainlearn.stimuli.own.sizes import check_size

ROUNDING = 1e-3  # of a frame: times that far below the next one belong to it, as in Brian2
TIME, UNIT, ITEM = EVENTS


def with_frames(where: str, arrays: Mapping[str, np.ndarray], frame: float | None) -> dict[str, np.ndarray]:
    """Return arrays with ``values``, (item, step, unit) of bool, instead of events.

    Parameters
    ----------
    where : str
        The file, for mistakes.
    arrays : mapping
        With or without ``spike_time`` [s], ``spike_unit`` and ``spike_item``, (spike,) each, also with ``train_`` and
        ``test_``. Optionally ``units``, how many there are, and ``duration`` [s]: default, as many as spike, and until
        the last spike.
    frame : float or None
        How long a frame lasts [s].

    Raises
    ------
    UserError
        If one of the three is missing, or says no time, unit or item that can be.
    """
    found = {name: array for name, array in arrays.items() if not name.endswith(EVENTS)}
    prefixes = [prefix for prefix in PREFIXES if any(prefix + name in arrays for name in EVENTS)]
    if not prefixes:
        return found
    if frame is None:
        hint = 'Set it: frame = "1 ms", or [stimulus] frame in the experiment.'
        raise UserError(Mistake(where, "the duration of a frame of spikes is unknown", suggestion=hint))
    checked = gather(*(lambda prefix=prefix: _check(where, arrays, prefix) for prefix in prefixes))
    duration = _said(where, arrays, "duration", max((np.max(t, initial=0.0) for t, _, _, _ in checked), default=0.0))
    units = int(_said(where, arrays, "units", 1 + max(np.max(u, initial=0) for _, u, _, _ in checked)))
    steps = int(np.ceil(duration / frame - ROUNDING)) if "duration" in arrays else int(_step_of(duration, frame)) + 1
    for prefix, (times, unit, item, items) in zip(prefixes, checked, strict=True):
        check_size(f"{where}: {prefix}{TIME}", (items, steps, units), 1)
        _refuse_outside(f"{where}: {prefix}{UNIT}", unit, units, "units")
        _refuse_outside(f"{where}: {prefix}{TIME}", _step_of(times, frame), steps, "frames")
        values = np.zeros((items, steps, units), dtype=bool)
        values[item, _step_of(times, frame), unit] = True
        found[f"{prefix}values"] = values
    return found


def _step_of(times: np.ndarray | float, frame: float) -> np.ndarray:
    return np.floor(np.asarray(times, dtype=np.float64) / frame + ROUNDING).astype(np.int64)


def _check(where: str, arrays: Mapping[str, np.ndarray], prefix: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return times, units and items of spikes, and how many items there are."""
    names = [prefix + name for name in EVENTS]
    wanted = [prefix + name for name in WANTED if prefix + name in arrays]
    mistakes = [
        Mistake(where, "spikes are not whole", f"no {name}", ", ".join(names)) for name in names if name not in arrays
    ]
    if not wanted:
        mistakes.append(Mistake(where, "the number of items is unknown", "", f"{prefix}labels or {prefix}targets"))
    if mistakes:
        raise UserError(*mistakes)
    times, unit, item = (np.asarray(arrays[name]) for name in names)
    for name, array in zip(names, (times, unit, item), strict=True):
        kinds = "fiu" if name.endswith(TIME) else "iu"
        if array.ndim != 1 or len(array) != len(times) or array.dtype.kind not in kinds:
            allowed = f"({len(times)},) of " + ("seconds" if name.endswith(TIME) else "whole numbers")
            mistakes.append(
                Mistake(f"{where}: {name}", "not one for each spike", f"{array.dtype}, {array.shape}", allowed)
            )
    if mistakes:
        raise UserError(*mistakes)
    items = len(arrays[wanted[0]])
    if not np.isfinite(times).all() or np.min(times, initial=0.0) < 0:
        found = f"{np.min(times):g} to {np.max(times):g}"
        raise UserError(
            Mistake(f"{where}: {prefix}{TIME}", "times must be measured from the onset", found, "0 s and above")
        )
    if len(unit) and unit.min() < 0:
        raise UserError(Mistake(f"{where}: {prefix}{UNIT}", "no such unit", str(unit.min()), "0 and above"))
    _refuse_outside(f"{where}: {prefix}{ITEM}", item, items, "items")
    return times, unit.astype(np.int64), item.astype(np.int64), items


def _refuse_outside(where: str, numbers: np.ndarray, count: int, kind: str) -> None:
    outside = numbers[(numbers < 0) | (numbers >= count)]
    if outside.size:
        found = f"{outside[0]}" + (f" and {outside.size - 1} more" if outside.size > 1 else "")
        raise UserError(Mistake(where, f"outside of the {kind}", found, f"0 to {count - 1}"))


def _said(where: str, arrays: Mapping[str, np.ndarray], name: str, otherwise: float) -> float:
    if name not in arrays:
        return float(otherwise)
    said = np.ravel(arrays[name])
    if said.size != 1 or said.dtype.kind not in "iuf" or not np.isfinite(said).all() or said[0] <= 0:
        raise UserError(Mistake(f"{where}: {name}", "no number above 0", str(arrays[name])[:40], "one number"))
    return float(said[0])
