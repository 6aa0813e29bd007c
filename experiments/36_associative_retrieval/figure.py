"""The figure of associative retrieval."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.lab import new_figure, plain_axes, stroke

WORDS = {
    "own": "fast weights of its own in every copy",
    "none": "slow weights alone",
    "shared": "one fast matrix for all copies",
    "one_by_one": "2,000 sequences, one by one",
    "as_many": "2,000 sequences, 100 at once",
}


def draw(data: Dataset) -> Figure:
    """Draw the test error of every seed in every arm."""
    figure = new_figure(8.0, 3.2)
    axes = figure.subplots()
    for place, arm in enumerate(data["arm"].values):
        errors = data["test_error"].sel(arm=arm).values
        axes.plot(errors, np.full(len(errors), -place), "o", color=stroke(place).colour, markersize=5)
    axes.axvline(float(data["without_binding"].mean()), color="0.6", linestyle="--", linewidth=1)
    axes.set_yticks(-np.arange(data.sizes["arm"]), [WORDS[str(arm)] for arm in data["arm"].values])
    plain_axes(axes, "associative retrieval with 20 units, by seed; dashed: without binding")
    axes.set_xlim(-2, 102)
    axes.set_xlabel("test error in Brian2 [%]")
    return figure
