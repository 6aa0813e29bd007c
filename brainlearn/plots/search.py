"""A search in one picture: validation error over trials with the best so far, and the test of the best settings."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from xarray import Dataset

from brainlearn.plots.appearance import entitle, new_figure, plain_axes, say, stroke

WIDE = 10  # ratio of the largest to the least error from which on their axis is logarithmic


def search_figure(search: Dataset) -> Figure:
    """Draw the trials of a search.

    Parameters
    ----------
    search : xarray.Dataset
        As `brainlearn.sweep.search.dataset` makes it.

    Returns
    -------
    matplotlib.figure.Figure
        Dots are trials, lines the least error so far; with fresh seeds, a second panel has their test errors.
    """
    tested = "test_error" in search
    figure = new_figure(7.6 if tested else 5.6, 3.8)
    panels = figure.subplots(1, 2, width_ratios=(3, 2))[:2] if tested else [figure.subplots()]
    _draw_trials(panels[0], search)
    if tested:
        _draw_test(panels[1], search)
    title = f"{search.attrs['sweep']}: {search.attrs['experiment']}"
    entitle(figure, title, "medium")
    return figure


def _draw_trials(axes: Axes, search: Dataset) -> None:
    errors, trials = search["validation_error"].values, search["trial"].values
    if not np.isfinite(errors).any():
        say(axes, "no trial has a result")
        return
    plain_axes(axes, "trials, and the best so far")
    for index, (arm, row) in enumerate(zip(search["arm"].values, errors, strict=True)):
        look, known = stroke(index), np.isfinite(row)
        axes.plot(
            trials[known], row[known], linestyle="none", marker=look.marker, color=look.colour, markersize=4, alpha=0.5
        )
        axes.step(trials[known], np.minimum.accumulate(row[known]), where="post", color=look.colour, label=str(arm))
        if known.any():
            at = int(np.nanargmin(row))
            axes.plot(trials[at], row[at], markersize=8, marker=look.marker, color=look.colour)
    axes.set_xlabel("trial")
    axes.set_ylabel("validation error [percent]")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    known = errors[np.isfinite(errors)]
    if known.min() > 0 and known.max() / known.min() >= WIDE:
        axes.set_yscale("log")
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9)


def _draw_test(axes: Axes, search: Dataset) -> None:
    plain_axes(axes, "best settings, fresh seeds")
    for index, row in enumerate(search["test_error"].values):
        look, known = stroke(index), np.isfinite(row)
        axes.plot(
            np.full(known.sum(), index), row[known], linestyle="none", marker=look.marker, color=look.colour, alpha=0.5
        )
        if known.any():
            axes.plot(index, row[known].mean(), marker="_", markersize=24, color=look.colour)
    axes.set_xticks(range(search.sizes["arm"]), [str(arm) for arm in search["arm"].values], rotation=20, ha="right")
    axes.set_xlim(-0.6, search.sizes["arm"] - 0.4)
    axes.set_ylabel("test error [percent]")
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
