"""The figure of family trees."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke

WORDS = {
    "backprop_sentences": "backpropagation through time, recurrent",
    "backprop_together": "backpropagation, both symbols together",
    "backprop_shared_code": "backpropagation, person and answer share a code",
    "predictive_coding": "predictive coding",
    "target_propagation": "target propagation",
    "equilibrium_propagation": "equilibrium propagation",
    "backprop_spiking": "backpropagation through time, spiking",
    "e_prop": "e-prop, spiking",
}


def draw(data: Dataset) -> Figure:
    """Draw the means over splits, with their 95 % intervals, of facts held out and of facts learned."""
    figure = new_figure(9.0, 3.2)
    ways = [str(way) for way in data["way"].values]
    for axes, name, title in zip(
        figure.subplots(1, 2, sharey=True), ("held_out", "learned"), ("held out", "learned"), strict=True
    ):
        for place, way in enumerate(ways):
            mean, low, high = mean_interval(data[name].sel(way=way).values)
            axes.errorbar(mean, -place, xerr=[[mean - low], [high - mean]], fmt="o", color=stroke(0).colour)
        axes.set_yticks(-np.arange(len(ways)), [WORDS[way] for way in ways])
        plain_axes(axes, f"facts {title}, {data.sizes['seed']} splits")
        axes.set_xlim(-2, 104)
        axes.set_xlabel("answered rightly [%]")
    figure.axes[0].axvline(87.5, color="0.6", linestyle="--", linewidth=1)
    return figure
