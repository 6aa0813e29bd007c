"""Weights that learn, over time: their mean and spread, a few of them, and how they are distributed at the end."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.plots.appearance import INK, new_figure, plain_axes

SHOWN = 12  # synapses whose weights are drawn
BINS = 40


def weights_over_time(learning: Dataset) -> Figure:
    """Draw the weights of a projection that learned.

    Parameters
    ----------
    learning : xarray.Dataset
        A group ``learning/<projection>`` of a simulation's result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(9.6, 2.9)
    over_time, ends = figure.subplots(1, 2, width_ratios=(2.2, 1))
    _over_time(over_time, learning)
    _ends(ends, learning)
    return figure


def _over_time(axes: Axes, learning: Dataset) -> None:
    seconds, mean, sd = (learning[name].values for name in ("time", "mean", "sd"))
    seconds = seconds / 1e3
    weights = learning["weights"].values
    for k in np.unique(np.linspace(0, weights.shape[1] - 1, min(SHOWN, weights.shape[1])).astype(int)):
        axes.plot(seconds, weights[:, k], color="0.75", linewidth=0.7)
    axes.fill_between(seconds, mean - sd, mean + sd, color="0.88", zorder=0)
    axes.plot(seconds, mean, color=INK, linewidth=1.6)
    plain_axes(axes, "weights over time")
    axes.set_xlabel("time [s]")
    axes.set_ylabel("weight [1]")


def _ends(axes: Axes, learning: Dataset) -> None:
    first, last = learning["weights"].values[[0, -1]]
    edges = np.histogram_bin_edges(np.concatenate([first, last]), bins=BINS)
    before = {"color": "#d55e00", "linestyle": (0, (4, 2)), "label": "before"}
    for values, style in ((first, before), (last, {"color": INK, "label": "after"})):
        heights, _ = np.histogram(values, bins=edges)
        axes.stairs(100 * heights / max(len(values), 1), edges, linewidth=1.2, **style)
    plain_axes(axes, "before and after")
    axes.set_xlabel("weight [1]")
    axes.set_ylabel("synapses [percent]")
    axes.legend(fontsize="small", frameon=False)
