"""The weights of a projection before and after learning, as histograms."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from xarray import DataTree

from brainlearn.plots.appearance import INK, new_figure, plain_axes, say

BINS = 60
INSIDE = 0.999  # share of the weights that the axis shows; the rest is counted in the outer bins
COLUMNS = 3


def weight_change(tree: DataTree) -> Figure:
    """Draw the weights of every projection that learned, before and after.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    matplotlib.figure.Figure
    """
    groups = weight_groups(tree)
    rows = max(1, -(-len(groups) // COLUMNS))
    figure = new_figure(10, 0.3 + 2.8 * rows)
    if not groups:
        say(figure.subplots(), "no weights in this result")
        return figure
    panels = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes, group in zip(panels.flat, groups, strict=False):
        draw_weight_change(axes, group)
    for axes in panels.flat[len(groups) :]:
        axes.set_axis_off()
    return figure


def weight_groups(tree: DataTree) -> list[DataTree]:
    """Return the groups of all projections whose weights are in the result."""
    return list(tree.children["weights"].children.values()) if "weights" in tree.children else []


def existing(group: DataTree, name: str) -> NDArray[np.floating]:
    """Return the finite weights of all synapses that exist, (synapse,); `name` is ``initial`` or ``final``."""
    values = group.ds[name].values
    there = np.isfinite(values)
    if "mask" in group.ds:
        there &= group.ds["mask"].values.astype(bool)
    found: NDArray[np.floating] = values[there]
    return found


def draw_weight_change(axes: Axes, group: DataTree) -> None:
    """Draw the density of weights before (dashed outline) and after learning (filled)."""
    before, after = existing(group, "initial"), existing(group, "final")
    plain_axes(axes, str(group.attrs["projection"]))
    if not before.size or not after.size:
        say(axes, "no finite weights")
        return
    edges = np.linspace(*_range(np.concatenate([before, after])), BINS + 1)
    for values, filled in ((after, True), (before, False)):
        heights, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)
        share = 100 * heights / values.size
        if filled:
            axes.stairs(share, edges, fill=True, color="0.85")
            axes.stairs(share, edges, color=INK, linewidth=1.2, label="after")
        else:
            axes.stairs(share, edges, color="#d55e00", linewidth=1.2, linestyle=(0, (4, 2)), label="before")
    axes.set_xlabel("weight [1]", fontsize="small")
    axes.set_ylabel("synapses [percent]", fontsize="small")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small", frameon=False)


def _range(values: NDArray[np.floating]) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - INSIDE) / 2, (1 + INSIDE) / 2])
    spare = 0.02 * (high - low) or 0.5 * abs(high) or 1.0
    return float(low - spare), float(high + spare)
