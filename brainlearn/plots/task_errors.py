"""Retention in a sequence of tasks: the error on each of them over the epochs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset, DataTree

from brainlearn.plots.appearance import epoch_axis, marks_every, new_figure, plain_axes, say, stroke


def task_errors(tree: DataTree) -> Figure:
    """Draw the error on the test items of every task of a sequence over the epochs.

    Parameters
    ----------
    tree : xarray.DataTree
        A result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(6.4, 3.6)
    draw_task_errors(figure.subplots(), tree)
    return figure


def has_tasks(tree: DataTree) -> bool:
    """Return whether a run learned a sequence of tasks."""
    metrics = tree.children["metrics"].to_dataset(inherit=False)
    return "task_error" in metrics and metrics.sizes["epoch"] > 0


def draw_task_errors(axes: Axes, tree: DataTree) -> None:
    """Draw a line for every task, and at the top which one is learned."""
    if not has_tasks(tree):
        say(axes, "no sequence of tasks was learned")
        return
    metrics = tree.children["metrics"].to_dataset(inherit=False)
    epochs = metrics["epoch"].values
    for index, task in enumerate(metrics["task"].values):
        error = metrics["task_error"].sel(task=task).values
        measured, look = np.isfinite(error), stroke(index)
        axes.plot(
            epochs[measured],
            error[measured],
            color=look.colour,
            marker=look.marker,
            markersize=4,
            markevery=marks_every(int(measured.sum())),
            label=f"task {task}",
        )
    plain_axes(axes, "Error on every task")
    for name, first, last in turns_of(metrics):
        if first > epochs[0]:
            axes.axvline(first - 0.5, color="0.6", linewidth=1, linestyle=":")
        middle = (first + last) / 2
        axes.text(middle, 0.98, name, transform=axes.get_xaxis_transform(), ha="center", va="top", fontsize="small")
    epoch_axis(axes, int(epochs[-1]))
    axes.set_ylim(0, 1.15 * max(float(np.nanmax(metrics["task_error"].values)), 1.0))
    axes.set_ylabel("test error [percent]")
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9)


def turns_of(metrics: Dataset) -> list[tuple[str, int, int]]:
    """Return name, first and last epoch of every task that was learned, in their order."""
    found: list[tuple[str, int, int]] = []
    for epoch, name in zip(metrics["epoch"].values.tolist(), metrics["task_learned"].values.tolist(), strict=True):
        first = found.pop()[1] if found and found[-1][0] == name else epoch
        found.append((name, first, epoch))
    return found
