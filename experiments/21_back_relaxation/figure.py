"""The figure of back-relaxation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.lab import new_figure, plain_axes, stroke

STEPS = 1, 4
GREYS = "0.75", "0.6", "0.4", "0.2"  # of what is no area


def draw(data: Dataset) -> Figure:
    """Draw the reach within a presentation, by learning and by backpropagation, and what it is good for."""
    figure = new_figure(10, 6.4)
    rows = figure.subplots(2, 3)
    for axes, weights in zip(rows[0], ("drawn", "learned"), strict=False):
        values = data["moved"].sel(weights=weights).mean("seed")
        curves(axes, data["step"].values, [values.sel(level=level).values for level in data["level"].values])
        axes.set_xlabel("steps since the label changed")
        axes.set_ylabel("change of activity [1]")
        plain_axes(axes, f"One presentation, weights as {weights}")
    for axes, steps in zip(rows[1], STEPS, strict=False):
        draw_learning(axes, data, steps)
    draw_first(rows[0][2], data)
    draw_told(rows[1][2], data)
    rows[0][0].legend(frameon=False, fontsize="x-small", title="area", title_fontsize="x-small")
    return figure


def curves(axes: Axes, along: np.ndarray, values: Sequence[np.ndarray], dashed: bool = False) -> None:
    """Draw one line for each level, from the top down."""
    for level in range(len(values), 0, -1):
        look = stroke(len(values) - level)
        axes.plot(
            along,
            [value if value > 0 else float("nan") for value in values[level - 1]],
            color=look.colour,
            marker=None if dashed else look.marker,
            markersize=3,
            linestyle="--" if dashed else "-",
            linewidth=0.8 if dashed else 1.2,
            label=f"A{level}",
        )
    axes.set_yscale("log")
    axes.set_ylim(1e-5, 3)


def draw_learning(axes: Axes, data: Dataset, steps: int) -> None:
    """Draw how far what is learned depends on the names, over presentations."""
    for renamed in data["renamed"].values:
        values = data["learned"].sel(steps=steps, renamed=renamed).mean("seed")
        lines = [values.sel(level=level).values for level in data["level"].values]
        curves(axes, data["presentation"].values, lines, dashed=str(renamed) == "one")
    axes.set_xscale("log")
    axes.set_xlabel("presentations of the same images\n(dashed: one image renamed)")
    axes.set_ylabel("change of what is learned [1]")
    plain_axes(axes, f"Learning, {steps} step{'s' if steps > 1 else ''} of label")


def draw_first(axes: Axes, data: Dataset) -> None:
    """Draw the reach of the first presentation by level, beside that of the gradient."""
    first = data["learned"].sel(renamed="all", presentation=1).mean("seed")
    for k, steps in enumerate(data["steps"].values):
        look, values = stroke(1 + k), first.sel(steps=steps)  # its marker alone: colours are for areas
        label = f"{steps} step{'s' if steps > 1 else ''} of label"
        axes.plot(
            data["level"], values.where(values > 0), color=GREYS[k], marker=look.marker, markersize=4, label=label
        )
    gradient = data["gradient"].mean("seed")
    axes.plot(data["level"], gradient, color="0.5", linestyle=":", marker="x", markersize=4, label="gradient")
    axes.set_yscale("log")
    axes.set_ylim(1e-5, 3)
    axes.set_xlabel("level (the label is above 5)")
    axes.set_ylabel("change of what is learned [1]")
    plain_axes(axes, "First presentation")
    axes.legend(frameon=False, fontsize="x-small")


def draw_told(axes: Axes, data: Dataset) -> None:
    """Draw what a linear readout of each area gets wrong."""
    for k, (top_down, label) in enumerate({"on": "top-down on", "never": "never there"}.items()):
        look = stroke(k)
        for seed in data["seed"].values:
            points = data["told"].sel(top_down=top_down, seed=seed)
            axes.plot(
                data["level"],
                points,
                linestyle="none",
                marker=look.marker,
                markersize=3,
                markerfacecolor="none",
                color=GREYS[3 - 2 * k],
            )
        axes.plot(
            data["level"],
            data["told"].sel(top_down=top_down).mean("seed"),
            color=GREYS[3 - 2 * k],
            linestyle="-" if k == 0 else "--",
            label=label,
        )
    axes.set_ylim(0, None)
    axes.set_xlabel("level")
    axes.set_ylabel("test error of a readout, no label [%]")
    plain_axes(axes, "What areas know")
    axes.legend(frameon=False, fontsize="x-small")
