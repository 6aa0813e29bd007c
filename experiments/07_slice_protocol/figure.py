"""The figure of the slice protocol: weights beside the measurement, and the two traces over a trial."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = {"kinase": "C0", "kinase_continuous": "C4", "hebb": "C1", "pair_stdp": "C2"}


def draw(result: xr.Dataset) -> Figure:
    """Draw the weights after every condition, and the traces over a trial."""
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    grid = figure.add_gridspec(2, 4, height_ratios=(3, 2))
    weights(figure.add_subplot(grid[0, :]), result)
    shared = None
    for k, condition in enumerate(result.condition.values):
        axes = figure.add_subplot(grid[1, k], sharey=shared)
        shared = shared or axes
        trace(axes, result, condition, first=k == 0)
    return figure


def weights(axes: Axes, result: xr.Dataset) -> None:
    """Draw the weight after each condition, of every rule, beside what was measured."""
    place = np.arange(result.sizes["condition"])
    axes.axhline(1, color="0.7", linewidth=0.8)
    axes.errorbar(
        place - 0.3, result.measured, result.measured_error, fmt="ko", capsize=4, label="measured, mean and s.e.m."
    )
    shown = [rule for rule in result.rule.values if rule != "pair_stdp"]  # its spread is larger than the axis
    for k, rule in enumerate(shown):
        found = result.weight.sel(rule=rule)
        spread, slices = found.std("pair"), result.slices
        where = place - 0.15 + 0.15 * k
        axes.bar(where, found.mean("pair") - 1, 0.13, bottom=1, color=COLOURS[str(rule)], alpha=0.75)
        label = str(result.label.sel(rule=rule).item())
        axes.errorbar(
            where, found.mean("pair"), spread / np.sqrt(slices), fmt="none", color=COLOURS[str(rule)], capsize=3
        )
        axes.bar(0, 0, color=COLOURS[str(rule)], alpha=0.75, label=label)
    axes.set_xticks(place, [f"{name} Hz" for name in result.condition.values])
    axes.set_ylim(0.5, None)
    axes.set_ylabel("weight / first weight")
    axes.set_title(
        "Ten trials of 100 ms + 100 ms; bars of the model: s.e.m. of as many pairs as slices (pair STDP: off the axis)"
    )
    axes.legend(frameon=False, fontsize=8)


def trace(axes: Axes, result: xr.Dataset, condition: str, first: bool) -> None:
    """Draw the fast and the slow trace of the neuron over one trial."""
    found = result.sel(condition=condition)
    axes.axvspan(0, 200, color="0.94")
    axes.axvline(100, color="0.8", linewidth=0.8)
    axes.axvline(200, color="k", linewidth=0.8, linestyle=":")
    axes.plot(found.time, found.fast, "C3", label="CaP, fast")
    axes.plot(found.time, found.slow, "C0", label="CaD, slow")
    axes.set_xlabel("time [ms]")
    axes.set_title(f"{condition} Hz", fontsize=9)
    if first:
        axes.set_ylabel("trace (1: 50 Hz)")
        axes.legend(frameon=False, fontsize=8)
