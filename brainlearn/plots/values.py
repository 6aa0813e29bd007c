"""Outputs and their target values in the test."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.appearance import new_figure, plain_axes, say, stroke

MOST_UNITS, MOST_ITEMS = 3, 500


def values(tree: DataTree) -> Figure:
    """Draw outputs and their targets.

    Parameters
    ----------
    tree : xarray.DataTree
        A result with a group ``test`` of values.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(5, 3.8)
    draw_values(figure.subplots(), tree)
    return figure


def draw_values(axes: Axes, tree: DataTree) -> None:
    """Draw the first test item over its steps, with its targets dashed; without steps, outputs against targets."""
    if not of_values(tree):
        say(axes, "no values were tested")
        return
    test = tree.children["test"].to_dataset()
    output, target = test["output"].values, test["target"].values
    units = range(min(output.shape[2], MOST_UNITS))
    if output.shape[1] == 1:
        for unit in units:
            each = stroke(unit)
            axes.plot(target[:MOST_ITEMS, 0, unit], output[:MOST_ITEMS, 0, unit], each.marker, color=each.colour, ms=3)
        ends = [np.nanmin(target), np.nanmax(target)]
        axes.plot(ends, ends, "--", color="0.5", linewidth=1)
        axes.set_xlabel("target")
    else:
        for unit in units:
            axes.plot(output[0, :, unit], "-", color=stroke(unit).colour, linewidth=1.4, label=f"output {unit}")
            axes.plot(target[0, :, unit], "--", color=stroke(unit).colour, linewidth=1.0)
        axes.set_xlabel("step")
        axes.legend(fontsize="small", frameon=False)
    axes.set_ylabel("output")
    plain_axes(axes, "Test: outputs, and their targets dashed")


def of_values(tree: DataTree) -> bool:
    """Return whether values were tested, not classes."""
    return "test" in tree.children and "output" in tree.children["test"].ds
