"""A sweep in one picture: error or reward against the first axis, a line for each value of the second, all seeds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import DataArray, Dataset

from brainlearn.plots.appearance import entitle, new_figure, plain_axes, say, stroke
from brainlearn.results.episodes import judged_by

SEED = "seed"
MOST_PANELS = 12
WIDE = 10  # ratio of the largest to the smallest value from which on an axis is logarithmic
LONGEST = 28  # letters of a label at the axis


def sweep_figure(sweep: Dataset, measure: str | None = None) -> Figure:
    """Draw one measure of a sweep.

    Parameters
    ----------
    sweep : xarray.Dataset
        As `brainlearn.sweep.dataset` makes it.
    measure : str, optional
        A variable over the swept axes and the seed; default: the test error, or the reward of circuits that act.

    Returns
    -------
    matplotlib.figure.Figure
        A panel for each combination of the values of the third and further axes.
    """
    values = sweep[measure or judged_by(sweep)]
    swept = [str(dim) for dim in values.dims if dim != SEED]
    further = swept[2:]
    places = list(itertools.product(*(range(values.sizes[dim]) for dim in further)))[:MOST_PANELS]
    columns = min(len(places), 3)
    rows = -(-len(places) // columns)
    figure = new_figure(5.6 if columns == 1 else 3.6 * columns, 3.8 if rows == 1 else 3.0 * rows)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, place in itertools.zip_longest(panels, places):
        if place is None:
            axes.set_axis_off()
            continue
        at = dict(zip(further, place, strict=True))
        _draw_panel(axes, values.isel(at), swept[:2])
        plain_axes(axes, ", ".join(f"{words(values[dim])} = {labels(values[dim])[k]}" for dim, k in at.items()))
    for axes in panels[::columns]:
        axes.set_ylabel(f"{values.attrs['long_name']} [{values.attrs['units']}]")
    left_out = int(np.prod([values.sizes[dim] for dim in further])) - len(places)
    note = f" ({left_out} panels left out)" if left_out else ""
    entitle(figure, f"{sweep.attrs['sweep']}: {sweep.attrs['experiment']}{note}", "medium")
    return figure


def _draw_panel(axes: Axes, values: DataArray, swept: Sequence[str]) -> None:
    if not np.isfinite(values).any():
        say(axes, "no point has a result")
        return
    first = values[swept[0]] if swept else values[SEED]
    at = _horizontal(axes, first)
    join = "-" if _is_ordered(first) else "none"
    if len(swept) < 2:
        _draw_line(axes, at, values.transpose(first.name, ...).values.reshape(first.size, -1), 0, "", join)
        return
    second = values[swept[1]]
    for index, text in enumerate(labels(second)):
        _draw_line(axes, at, values.isel({swept[1]: index}).transpose(swept[0], SEED).values, index, text, join)
    axes.legend(title=words(second), fontsize="small", title_fontsize="small", edgecolor="none", framealpha=0.9)


def _draw_line(axes: Axes, at: np.ndarray, values: np.ndarray, index: int, text: str, join: str) -> None:
    """Draw a dot for each of the (value, seed) numbers, and the means over seeds, joined by a line or not."""
    look = stroke(index)
    known = np.isfinite(values)
    some = known.any(axis=1)
    means = np.array([row[here].mean() if here.any() else np.nan for row, here in zip(values, known, strict=True)])
    style: dict[str, Any] = {"color": look.colour, "marker": look.marker}
    axes.plot(at[some], means[some], linestyle=join, linewidth=1.3, markersize=6, label=text, **style)
    if values.shape[1] > 1:
        places = np.broadcast_to(at[:, None], values.shape)
        axes.plot(places[known], values[known], linestyle="none", markersize=3, alpha=0.5, **style)


def _horizontal(axes: Axes, first: DataArray) -> np.ndarray:
    """Prepare the horizontal axis, and return where each value of the first axis lies on it."""
    axes.set_xlabel(words(first))
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if not _is_ordered(first):
        at = np.arange(first.size, dtype=float)
        texts = [text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in labels(first)]
        axes.set_xticks(at, texts, rotation=0 if max(map(len, texts)) < 8 else 30, ha="center")
        return at
    at = first.values.astype(float)
    if at.min() > 0 and at.max() / at.min() >= WIDE:
        axes.set_xscale("log")
    axes.set_xticks(at, [f"{value:g}" for value in at], minor=False)
    axes.minorticks_off()
    return at


def _is_ordered(coordinate: DataArray) -> bool:
    """Return whether the values are numbers that mean more than which is which."""
    return coordinate.dtype.kind in "fi" and coordinate.name not in ("point", SEED)


def labels(coordinate: DataArray) -> list[str]:
    """Return the values of a coordinate as short texts; a point of a list is named by its changes."""
    changed = [other for name, other in coordinate.coords.items() if name != coordinate.name and other.size > 1]
    if coordinate.name == "point" and changed:
        texts = zip(*(labels(other.reset_coords(drop=True)) for other in changed), strict=True)
        return [", ".join(text for text in each if text not in ("", "nan")) or "as it is" for each in texts]
    return [f"{value:g}" if coordinate.dtype.kind == "f" else str(value) for value in coordinate.values]


def words(coordinate: DataArray) -> str:
    """Return the key of a coordinate with its unit."""
    units = coordinate.attrs.get("units", "1")
    return str(coordinate.attrs.get("key", coordinate.name)) + (f" [{units}]" if units != "1" else "")
