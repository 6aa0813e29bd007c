"""Activity of units, and fractions of silent and saturated ones, over the epochs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from xarray import Dataset, DataTree

from brainlearn.plots.appearance import INK, epoch_axis, marks_every, new_figure, plain_axes, say, stroke
from brainlearn.plots.learning_curve import Dash

KINDS: tuple[tuple[str, Dash], ...] = (("silent", "-"), ("saturated", "--"))
FLOOR = 5.0  # percent that the axis of unused units shows at least


def unit_use(tree: DataTree) -> Figure:
    """Draw activity, and silent and saturated units, over the epochs.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    draw_activity(left, tree)
    draw_unused(right, tree)
    return figure


def draw_activity(axes: Axes, tree: DataTree) -> None:
    """Draw spikes per unit and presentation, or the mean activity [1] of graded units, of every population."""
    metrics = tree.children["metrics"].to_dataset()
    paths = _measured(metrics, "activity")
    if not paths:
        say(axes, "no activity was measured")
        return
    for index, path in enumerate(paths):
        _line(axes, metrics, "activity", path, index, "-", path)
    plain_axes(axes, "Activity")
    epoch_axis(axes, int(metrics["epoch"].values[-1]))
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low), high + 0.12 * len(paths) * (high - min(0.0, low)))  # room for the key above all curves
    axes.set_ylabel("spikes per presentation [1]" if _all_spike(metrics, paths) else "spikes or activity [1]")
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9, loc="upper right")


def draw_unused(axes: Axes, tree: DataTree) -> None:
    """Draw which share of the units [percent] was never active (full), or whenever it could be (dashed)."""
    metrics = tree.children["metrics"].to_dataset()
    paths = list(dict.fromkeys(path for name, _ in KINDS for path in _measured(metrics, name)))
    if not paths:
        say(axes, "silent units were not counted")
        return
    for index, path in enumerate(paths):
        for name, dash in KINDS:
            _line(axes, metrics, name, path, index, dash)
    plain_axes(axes, "Uninformative units")
    epoch_axis(axes, int(metrics["epoch"].values[-1]))
    axes.set_ylim(0, max(FLOOR, (1 + 0.12 * (len(paths) + len(KINDS))) * axes.get_ylim()[1]))  # room for the key
    axes.set_ylabel("units [percent]")
    kinds = [Line2D([], [], color=INK, linestyle=dash, label=name) for name, dash in KINDS]
    looks = [(path, stroke(index)) for index, path in enumerate(paths)]
    keys = [Line2D([], [], color=k.colour, marker=k.marker, linestyle="none", label=path) for path, k in looks]
    axes.legend(handles=[*kinds, *keys], fontsize="small", edgecolor="none", framealpha=0.9, loc="upper right")


def _measured(metrics: Dataset, name: str) -> list[str]:
    values = metrics[name]
    return [str(p) for p in metrics["population"].values if np.isfinite(values.sel(population=p).values).any()]


def _all_spike(metrics: Dataset, paths: list[str]) -> bool:
    return "spiking" in metrics and bool(metrics["spiking"].sel(population=paths).all())


def _line(axes: Axes, metrics: Dataset, name: str, path: str, index: int, dash: Dash, label: str | None = None) -> None:
    look, epochs = stroke(index), metrics["epoch"].values
    axes.plot(
        epochs,
        metrics[name].sel(population=path).values,
        color=look.colour,
        marker=look.marker,
        markersize=4,
        markevery=marks_every(epochs.size),
        linestyle=dash,
        label=label,
    )
