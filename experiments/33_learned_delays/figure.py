"""The figure of learned delays."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import DataArray, Dataset

from brainlearn.lab import new_figure, plain_axes, stroke

WORDS = {"backprop_through_time": "backpropagation through time", "event_prop": "EventProp"}


def draw(data: Dataset) -> Figure:
    """Draw the validation error over epochs, and the test error of every seed."""
    figure = new_figure(9.0, 3.4)
    axes = np.atleast_1d(figure.subplots(1, 1 + data.sizes["way"]))
    for each, way in zip(axes, data["way"].values, strict=False):
        draw_courses(each, data["validation_error"].sel(way=way), WORDS[str(way)])
    draw_tests(axes[-1], data["test_error"])
    return figure


def draw_courses(axes: Axes, values: DataArray, title: str) -> None:
    """Draw every seed's validation error."""
    for k, delays in enumerate(values["delays"].values):
        for seed, course in enumerate(values.sel(delays=delays).values):
            axes.plot(
                values["epoch"].values, course, color=stroke(k).colour, label=None if seed else f"{delays} delays"
            )
    axes.legend(frameon=False, fontsize="small")
    plain_axes(axes, title)
    axes.set_xticks(values["epoch"].values)
    axes.set_xlabel("epoch")
    axes.set_ylabel("validation error [%]")


def draw_tests(axes: Axes, values: DataArray) -> None:
    """Join the test errors of every seed with fixed and with learned delays."""
    for place, way in enumerate(values["way"].values):
        for pair in values.sel(way=way).values:
            axes.plot([2 * place, 2 * place + 1], pair, "o-", color="0.5", markersize=3)
    axes.set_xticks(range(2 * values.sizes["way"]), list(values["delays"].values) * values.sizes["way"], rotation=60)
    plain_axes(axes, "both, by seed")
    axes.set_ylabel("test error in Brian2 [%]")
