"""The figure of top-down perception."""

from __future__ import annotations

import numpy as np
import reading
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from xarray import DataArray, Dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke
from brainlearn.stimuli import between

DASHES = {"on": "-", "off": "--", "shuffled": ":", "never": ":"}
CONTEXTS = {"H": "T?E, S?E, W?O: an H", "A": "C?T, M?N, H?T: an A", "both": "S?Y: either"}


def draw(data: Dataset) -> Figure:
    """Draw what was shown, how the glyph was read, when, and how digits were read."""
    figure = new_figure(9.5, 6.8)
    above, below = np.asarray(figure.subfigures(2, 1))
    shown, read = np.asarray(above.subfigures(1, 2, width_ratios=(2, 3)))
    draw_words(shown)
    draw_readings(read.subplots(), data["read_as_a"])
    left, *right = below.subplots(1, 1 + data.sizes["kind"], width_ratios=(3, *([2] * data.sizes["kind"])))
    draw_likeness(left, data["likeness"])
    for axes, kind in zip(right, data["kind"].values, strict=True):
        draw_digits(axes, data["digit_error"].sel(kind=kind), str(kind))
    return figure


def draw_words(figure: SubFigure) -> None:
    """Draw two words as the retina sees them, with the same shape in the middle but for noise and place."""
    rng = np.random.default_rng(2)
    for axes, word in zip(figure.subplots(2, 1), ("T_E", "C_T"), strict=True):
        images = reading.stimuli([word], rng, between("H", "A")[None])
        parts = [images[f"retina/{place}"].reshape(9, 7) for place in reading.PLACES]
        axes.imshow(np.hstack(parts), cmap="gray_r")
        for edge in (6.5, 13.5):
            axes.axvline(edge, color="0.6", linewidth=0.8)
        axes.set_xticks([])
        axes.set_yticks([])
    figure.suptitle("What is shown", fontsize="medium", fontweight="bold")


def draw_readings(axes: Axes, values: DataArray) -> None:
    """Draw the share of glyphs read as A against the share of A in them."""
    for k, (context, label) in enumerate(CONTEXTS.items()):
        for top_down in ("on", "off"):
            points = 100 * values.sel(context=context, top_down=top_down)
            lines(axes, points, "share", k, top_down, f"{label}" if top_down == "on" else "the same, top-down off")
    axes.set_ylim(-3, 103)
    axes.set_xlabel("share of A in the middle glyph; the rest is H [1]")
    axes.set_ylabel("read as A [%]")
    plain_axes(axes, "How the middle glyph is read")
    axes.legend(frameon=False, fontsize="x-small")


def draw_likeness(axes: Axes, values: DataArray) -> None:
    """Draw how the activity turns after the onset."""
    axes.axhline(0, color="0.8", linewidth=0.8)
    for k, context in enumerate(("H", "A")):
        for top_down in values["top_down"].values:
            points = values.sel(context=context, top_down=top_down)
            label = f"{CONTEXTS[context]}; top-down {top_down}"
            lines(axes, points, "time", k, str(top_down), label)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.7 * (high - low))  # room for the legend
    axes.set_xlabel("time since the onset of the word [ms]")
    axes.set_ylabel("likeness to A minus to H [1]")
    plain_axes(axes, "When the half-way glyph turns")
    axes.legend(frameon=False, fontsize="x-small")


def draw_digits(axes: Axes, values: DataArray, kind: str) -> None:
    """Draw the error against the width of the hidden strip."""
    words = {"on": "top-down on", "off": "cut after learning", "never": "never there"}
    for k, condition in enumerate(values["condition"].values):
        lines(axes, values.sel(condition=condition), "width", k, str(condition), words[str(condition)])
    axes.set_xlabel("hidden rows or columns, of 8")
    axes.set_ylabel("test error [%]")
    axes.set_ylim(0, 100)
    plain_axes(axes, f"Digits, {kind.replace('_', '-')}")
    axes.legend(frameon=False, fontsize="x-small")


def lines(axes: Axes, values: DataArray, along: str, number: int, style: str, label: str) -> None:
    """Draw the mean over seeds with its interval."""
    found = [mean_interval(values.sel({along: each}).values) for each in values[along].values]
    mean, low, high = np.array(found).T
    look = stroke(number)
    axes.fill_between(values[along], low, high, color=look.colour, alpha=0.12, linewidth=0)
    axes.plot(
        values[along],
        mean,
        color=look.colour,
        marker=look.marker,
        markersize=3.5,
        linestyle=DASHES[style],
        linewidth=1.2,
        markerfacecolor=look.colour if style == "on" else "none",
        label=label,
    )
