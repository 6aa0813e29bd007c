"""The figure of the self-made negatives."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke

NAMES = {
    "real": "real",
    "real_1": "real 1 + 1",
    "real_10": "real 10 + 10",
    "real_100": "real 100 + 100",
    "own": "own",
    "own_1": "own 1 + 1",
    "own_10": "own 10 + 10",
    "own_100": "own 100 + 100",
}
PANELS = {
    "judged": ("Judging", "real character has the greatest goodness [%]", ("most_frequent_guessed", "context_guessed")),
    "guessed": ("Guessing", "next character guessed by a softmax [%]", ("most_frequent_guessed", "context_guessed")),
    "known": ("Writing", "written words that are in the text [%]", ("test_text_known",)),
}
LINES = {
    "most_frequent_guessed": "most frequent character",
    "context_guessed": "softmax on the context alone",
    "test_text_known": "words of the test text",
}


def draw(data: Dataset) -> Figure:
    """Draw every seed, and means with intervals."""
    figure = new_figure(13, 4.2)
    for axes, name in zip(figure.subplots(1, 3), PANELS, strict=True):
        draw_panel(axes, data, name)
    return figure


def draw_panel(axes: Axes, data: Dataset, name: str) -> None:
    """Draw one measure of every schedule."""
    title, label, references = PANELS[name]
    look, place = stroke(1), np.arange(data.sizes["schedule"])
    for seed in data["seed"].values:
        points = data[name].sel(seed=seed)
        axes.plot(place, points, linestyle="none", marker="o", markersize=3, markerfacecolor="none", color="0.5")
    found = np.array([mean_interval(data[name].sel(schedule=each).values) for each in data["schedule"].values])
    spread = np.abs(found[:, 1:] - found[:, :1]).T
    axes.errorbar(place + 0.15, found[:, 0], spread, fmt=look.marker, color=look.colour, markersize=4, capsize=2)
    for k, reference in enumerate(references):
        axes.axhline(
            data.attrs[reference], color="0.4", linewidth=0.8, linestyle=("--", ":")[k], label=LINES[reference]
        )
    axes.set_xticks(place, [NAMES[str(each)] for each in data["schedule"].values], rotation=40, ha="right")
    axes.set_ylim(0, 1.15 * max(data[name].max(), *(data.attrs[reference] for reference in references)))
    axes.set_xlabel("negatives: from real text, or its own; rounds awake + asleep", fontsize="small")
    axes.set_ylabel(label, fontsize="small")
    plain_axes(axes, title)
    axes.tick_params(axis="x", labelsize="small")
    axes.legend(frameon=False, fontsize="x-small")
