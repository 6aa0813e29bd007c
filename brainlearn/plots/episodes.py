"""How a circuit learns to act: reward and latency, trial after trial."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.appearance import new_figure, plain_axes, say, stroke
from brainlearn.results.episodes import TEST, by_trial, episodes_of


def episodes(tree: DataTree) -> Figure:
    """Draw total reward and latency over the trials of every copy.

    Parameters
    ----------
    tree : xarray.DataTree
        A result; group ``episodes``, and ``test_episodes`` if there is one.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    draw_reward(left, tree)
    draw_latency(right, tree)
    return figure


def draw_reward(axes: Axes, tree: DataTree) -> None:
    """Draw the sum of all rewards of an episode [1]."""
    _draw(axes, tree, "total_reward", "Reward", "sum of all rewards [1]", 0)


def draw_latency(axes: Axes, tree: DataTree) -> None:
    """Draw how long episodes last, in the circuit's time [s]."""
    _draw(axes, tree, "latency", "Latency", "time until the end [s]", 1)


def _draw(axes: Axes, tree: DataTree, key: str, title: str, label: str, index: int) -> None:
    """Draw mean, and 10th to 90th percentile, over the copies, and the mean of the test as a line."""
    training, test = episodes_of(tree), episodes_of(tree, TEST)
    trials, values = (np.empty(0), np.empty((0, 0))) if training is None else by_trial(training, key)
    if not trials.size:
        say(axes, "no episode ended in every copy")
        return
    look = stroke(index)
    low, high = np.percentile(values, (10, 90), axis=1)
    axes.fill_between(trials, low, high, color=look.colour, alpha=0.2, linewidth=0, label="10 to 90 % of the copies")
    axes.plot(trials, values.mean(axis=1), color=look.colour, linewidth=1.2, label="mean")
    if test is not None and test.sizes["episode"]:
        mean = float(test[key].mean())
        axes.axhline(mean, color=look.colour, linestyle=":", linewidth=1, label=f"test: {mean:.3g}")
    plain_axes(axes, title)
    axes.set_xlabel("trial of a copy")
    axes.set_ylabel(label)
    axes.legend(fontsize="small", edgecolor="none", framealpha=0.9)
