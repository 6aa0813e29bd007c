"""Which labels are taken for which: the confusion matrix of the test."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from xarray import DataTree

from brainlearn.plots.appearance import new_figure, plain_axes, say

MOST_NUMBERED = 20


def confusion(tree: DataTree) -> Figure:
    """Draw the confusion matrix of the readout by goodness.

    Parameters
    ----------
    tree : xarray.DataTree
        A result with a group ``test``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(5, 4.8)
    draw_confusion(figure.subplots(), tree)
    return figure


def draw_confusion(axes: Axes, tree: DataTree) -> None:
    """Draw how many presentations of each label (row) got each answer (column); only mistakes are shaded."""
    if "test" not in tree.children or not tree.children["test"].sizes["presentation"]:
        say(axes, "the run was not tested")
        return
    if "prediction" not in tree.children["test"].ds:
        say(axes, "continuous targets have no confusion matrix")
        return
    labels, counts = confusion_matrix(tree)
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)
    axes.imshow(mistakes, cmap="Greys", vmin=0, vmax=max(1.3 * mistakes.max(), 1))
    plain_axes(axes, f"Test: {mistakes.sum()} mistakes in {counts.sum()}")
    axes.spines[:].set_visible(False)
    axes.set_xlabel("answer")
    axes.set_ylabel("true label")
    if labels.size > MOST_NUMBERED:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        return
    axes.set_xticks(range(labels.size), [str(label) for label in labels])
    axes.set_yticks(range(labels.size), [str(label) for label in labels])
    axes.tick_params(length=0)
    _number_cells(axes, counts, mistakes)


def confusion_matrix(tree: DataTree) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels, and how often each (row) was answered with each (column)."""
    test = tree.children["test"].to_dataset()
    labels = np.asarray(test["label"].values)
    rows = np.searchsorted(labels, test["true_label"].values)
    columns = np.searchsorted(labels, test["prediction"].values)
    counts = np.zeros((labels.size, labels.size), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return labels, counts


def _number_cells(axes: Axes, counts: NDArray[np.int64], mistakes: NDArray[np.int64]) -> None:
    dark = 0.6 * max(1.3 * mistakes.max(), 1)
    for row, column in np.argwhere(counts):
        right = row == column
        colour = "0.45" if right else ("white" if mistakes[row, column] > dark else "black")
        size = "small" if counts.max() < 1000 else "x-small"
        text = str(counts[row, column])
        axes.text(column, row, text, ha="center", va="center", fontsize=size, color=colour)
