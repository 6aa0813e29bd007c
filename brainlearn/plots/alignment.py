"""Angles between a local rule's changes and the negative gradient: over training, and against averaging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator
from xarray import DataArray, Dataset, DataTree

from brainlearn.plots.appearance import INK, entitle, epoch_axis, new_figure, plain_axes, say, stroke, two_rows
from brainlearn.results.alignment_seeds import alignment_of_seeds, most_averaged

NOT_MEASURED = "no angle to the gradient was measured:\nthe experiment file has no table [alignment]"
NO_ANGLE = "no angle: the change or the gradient is 0"
NULL, SHUFFLED = (0, (1, 1.5)), (0, (4, 2))
MOST_TICKS = 6


def alignment(tree: DataTree, *others: DataTree) -> Figure:
    """Draw the angle to the negative gradient of one run, or of several seeds.

    Parameters
    ----------
    tree, *others : xarray.DataTree
        Results of one experiment; a note replaces what they lack.

    Returns
    -------
    matplotlib.figure.Figure
        A column for each loss. Above: the angle over training, by projection. Below, for each projection: the angle
        against the number of presentations that were averaged, at the first, a middle and the last epoch. Points are
        means over seeds, bars their standard deviation.
    """
    angles = alignment_of_seeds((tree, *others))
    if angles is not None:
        return alignment_as_recorded(angles)
    figure = new_figure(6, 2.5)
    say(figure.subplots(), NOT_MEASURED)
    _entitle(figure, tree.attrs, [tree.attrs["seed"]])
    return figure


def alignment_as_recorded(angles: Dataset) -> Figure:
    """Draw the same from recorded angles, as `brainlearn.results.alignment_seeds.load_alignment` reads them.

    Parameters
    ----------
    angles : xarray.Dataset
        With the dimension ``seed``.
    """
    figure = _draw(angles)
    _entitle(figure, angles.attrs, angles["seed"].values.tolist())
    return figure


def _entitle(figure: Figure, attrs: Mapping[Any, Any], seeds: Sequence[int]) -> None:
    """Write whose angles they are, in two lines: the figure is narrow with one loss."""
    of = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
    title = f"{attrs['experiment']}, {of}:\nchanges by {attrs['rule']} and the negative gradient"
    entitle(figure, title)


def over_training(angles: Dataset, loss: str) -> Figure:
    """Draw the angle over training for one loss, in a small figure by itself.

    Parameters
    ----------
    angles : xarray.Dataset
        As `alignment_of_seeds` returns them.
    loss : str
    """
    figure = new_figure(4.8, 4.4)
    axes = figure.subplots()
    draw_over_training(axes, angles.sel(loss=loss), f"loss {loss}")
    axes.set_ylabel("angle [degree]")
    axes.set_ylim(0, _top(angles))
    projections = [str(projection) for projection in angles["projection"].values]
    keys = _training_keys(projections, "angle_limit" in angles)
    figure.legend(handles=keys, loc="outside lower center", ncols=2, frameon=False, fontsize="small")
    return figure


def _draw(angles: Dataset) -> Figure:
    losses = [str(loss) for loss in angles["loss"].values]
    projections = [str(projection) for projection in angles["projection"].values]
    figure = new_figure(1.5 + 4.6 * len(losses), 4.2 + 2.3 * len(projections))
    upper, lower = two_rows(figure, 3.8, 0.4 + 2.3 * len(projections))
    over_training = upper.subplots(1, len(losses), sharey=True, squeeze=False)[0]
    for axes, loss in zip(over_training, losses, strict=True):
        draw_over_training(axes, angles.sel(loss=loss), f"loss {loss}")
    over_training[0].set_ylabel("angle [degree]")
    over_training[0].set_ylim(0, _top(angles))
    upper.legend(
        handles=_training_keys(projections, "angle_limit" in angles),
        loc="outside right center",
        frameon=False,
        fontsize="small",
    )
    panels = lower.subplots(len(projections), len(losses), sharex=True, sharey=True, squeeze=False)
    for row, projection in zip(panels, projections, strict=True):
        for axes, loss in zip(row, losses, strict=True):
            draw_averaging(axes, angles.sel(loss=loss, projection=projection), f"{projection}, {loss}")
        row[0].set_ylabel("angle [degree]")
    panels[0, 0].set_ylim(0, _top(angles))
    for axes in panels[-1]:
        axes.set_xlabel("presentations averaged")
    lower.legend(handles=_averaging_keys(angles), loc="outside right center", frameon=False, fontsize="small")
    return figure


def _mean_and_sd(values: DataArray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return mean and standard deviation over the seeds; None for the latter of one seed. Nan where nothing is."""
    known = values.notnull().sum("seed")
    mean = values.mean("seed", skipna=True).values
    if values.sizes["seed"] < 2:
        return mean, None
    return mean, values.where(known > 1).std("seed", ddof=1, skipna=True).fillna(0.0).values


# ---- over training -------------------------------------------------------------------------------------------------


def draw_over_training(axes: Axes, angles: Dataset, title: str) -> None:
    """Draw the angle [degree] after every measured epoch, most presentations averaged, for one loss.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    angles : xarray.Dataset
        With the dimensions seed, epoch, projection, averaging.
    title : str
    """
    epochs = angles["epoch"].values
    for index, projection in enumerate(angles["projection"].values):
        look, here = stroke(index), angles.sel(projection=projection)
        mean, sd = _mean_and_sd(most_averaged(here["angle"]))
        style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markersize": 5, "capsize": 3}
        axes.errorbar(epochs, mean, yerr=sd, linewidth=1.4, **style)
        if "angle_limit" in here:
            limit, _ = _mean_and_sd(here["angle_limit"])
            axes.plot(
                epochs, limit, color=look.colour, linestyle="none", marker="_", markersize=11, markeredgewidth=1.6
            )
        shuffled, _ = _mean_and_sd(most_averaged(here["angle_shuffled"]))
        axes.plot(epochs, shuffled, color=look.colour, linewidth=0.7, linestyle=SHUFFLED)
        null, _ = _mean_and_sd(here["null_angle"])
        axes.plot(epochs, null, color=look.colour, linewidth=0.9, linestyle=NULL)
    axes.axhline(90, color="0.5", linewidth=0.8)
    plain_axes(axes, title)
    epoch_axis(axes, int(epochs[-1]))
    axes.set_xlim(left=-0.04 * max(int(epochs[-1]), 1))


def _top(angles: Dataset) -> float:
    """Return the upper end of the axis: 90 degrees are always in sight, and all that is measured."""
    known = [float(angles[name].max()) for name in ("angle", "angle_shuffled") if np.isfinite(angles[name]).any()]
    return max(97.0, *(1.04 * value for value in known))


def _training_keys(projections: Sequence[str], limits: bool) -> list[Line2D]:
    looks = [(projection, stroke(index)) for index, projection in enumerate(projections)]
    keys = [Line2D([], [], color=k.colour, marker=k.marker, markersize=5, label=name) for name, k in looks]
    limit = Line2D([], [], color=INK, linestyle="none", marker="_", markersize=11, label="endlessly many\naveraged")
    return [
        *keys,
        *([limit] if limits else []),
        Line2D([], [], color=INK, linewidth=0.7, linestyle=SHUFFLED, label="postsynaptic units\nexchanged"),
        Line2D([], [], color=INK, linewidth=0.9, linestyle=NULL, label="null: 97.5 % of random\ndirections lie above"),
        Line2D([], [], color="0.5", linewidth=0.8, label="90°: nothing in common"),
    ]


# ---- the more are averaged -----------------------------------------------------------------------------------------


def draw_averaging(axes: Axes, angles: Dataset, title: str) -> None:
    """Draw the angle [degree] against how many presentations were averaged, for one loss and projection.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    angles : xarray.Dataset
        With the dimensions seed, epoch, averaging.
    title : str
    """
    plain_axes(axes, title)
    if not np.isfinite(angles["angle"]).any():
        say(axes, NO_ANGLE)
        return
    averaged = angles["averaging"].values
    for index, epoch in enumerate(first_middle_last(angles["epoch"].values)):
        look, here = stroke(index), angles.sel(epoch=epoch)
        mean, sd = _mean_and_sd(here["angle"])
        measured = np.isfinite(mean)
        style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markersize": 4, "capsize": 2}
        spread = None if sd is None else sd[measured]
        axes.errorbar(averaged[measured], mean[measured], yerr=spread, linewidth=1.3, **style)
        itself, _ = _mean_and_sd(here["angle_gradient"])
        axes.plot(averaged, itself, color=look.colour, linewidth=0.7, linestyle=SHUFFLED)
    axes.axhline(90, color="0.5", linewidth=0.8)
    axes.axhline(float(angles["null_angle"].min()), color=INK, linewidth=0.9, linestyle=NULL)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(averaged[:: -(-len(averaged) // MOST_TICKS)].tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color="0.9", linewidth=0.6)


def first_middle_last(epochs: np.ndarray) -> list[int]:
    """Return the first, a middle and the last of the measured epochs; fewer if there are fewer."""
    return [int(epoch) for epoch in dict.fromkeys((epochs[0], epochs[len(epochs) // 2], epochs[-1]))]


def _averaging_keys(angles: Dataset) -> list[Line2D]:
    epochs = first_middle_last(angles["epoch"].values)
    looks = [(f"after {epoch} epoch{'s' * (epoch != 1)}", stroke(index)) for index, epoch in enumerate(epochs)]
    keys = [Line2D([], [], color=k.colour, marker=k.marker, markersize=4, label=name) for name, k in looks]
    return [
        *keys,
        Line2D([], [], color=INK, linewidth=0.7, linestyle=SHUFFLED, label="gradient of as many,\nto that of all"),
        Line2D([], [], color=INK, linewidth=0.9, linestyle=NULL, label="null"),
        Line2D([], [], color="0.5", linewidth=0.8, label="90°"),
    ]
