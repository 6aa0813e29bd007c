"""The figure of priming."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import DataArray, Dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke

WORDS = {"none": "no prime", "same": "the same word", "other": "another word"}


def draw(data: Dataset) -> Figure:
    """Draw the share of recognised words over noise, without and with fast weights, and over the delay."""
    figure = new_figure(9.0, 3.2)
    left, middle, right = figure.subplots(1, 3, sharey=True)
    for axes, fast in ((left, "without"), (middle, "with")):
        draw_curves(axes, data["recognised"].sel(fast=fast), "noise")
        plain_axes(axes, f"{fast} fast weights")
        axes.set_xlabel("noise")
    draw_curves(right, data["after"], "delay")
    plain_axes(right, "with, in noise of 0.9")
    right.set_xlabel("delay [ms]")
    left.set_ylabel("words recognised [%]")
    middle.legend(frameon=False, fontsize="small")
    return figure


def draw_curves(axes: Axes, values: DataArray, over: str) -> None:
    """Draw the mean over seeds for each prime, with its 95 % interval."""
    for k, prime in enumerate(values["prime"].values):
        found = np.array([mean_interval(values.sel({"prime": prime, over: each}).values) for each in values[over]])
        colour = stroke(k).colour
        axes.plot(values[over].values, found[:, 0], "o-", color=colour, markersize=3, label=WORDS[str(prime)])
        axes.fill_between(values[over].values, found[:, 1], found[:, 2], color=colour, alpha=0.2, linewidth=0)
    axes.set_ylim(0, 102)
