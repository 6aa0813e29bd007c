"""Runs side by side: learning curves, errors, time, memory, spikes, angles to the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from xarray import DataTree

from brainlearn.plots.appearance import (
    INK,
    entitle,
    epoch_axis,
    marks_every,
    new_figure,
    plain_axes,
    say,
    stroke,
    two_rows,
)
from brainlearn.plots.learning_curve import percent_axis
from brainlearn.results.comparison import angles_of, mean_and_sd, of_one_mean, spread
from brainlearn.results.episodes import judged_by_reward
from brainlearn.results.summary import recorded

ERROR, REWARD = "test_error_percent", "test_reward"
MEASURES = {
    ERROR: ("Test error", "error [percent]"),
    REWARD: ("Reward", "of an episode after learning"),
    "train_seconds": ("Training time", "wall time [s]"),
    "peak_memory_mb": ("Peak memory", "memory of the process [MB]"),
    "spikes_per_presentation": ("Spikes", "spikes per presentation [1]"),
}
ROOM = 1.45  # for the number behind a bar
FILLED = ("full", "none", "left", "bottom")  # of marks, one for each loss

Group = list[Any]  # of brief summaries that differ in their seed only


def comparison(trees: Sequence[DataTree]) -> Figure:
    """Draw what distinguishes the runs.

    Parameters
    ----------
    trees : sequence of xarray.DataTree
        Results; what none of them has is said in its place. Runs that differ in their seed only are one bar, as long
        as their mean, with a dot for each.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return comparison_as_recorded([recorded(tree) for tree in trees])


def comparison_as_recorded(runs: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw the same from the records of runs, as `brainlearn.results.comparison.recorded` returns them."""
    found = of_one_mean(runs)
    labels = _labels(found)
    acting = judged_by_reward([run[REWARD] for run in runs], [run[ERROR] for run in runs])
    low = 1.6 + 0.45 * len(found)
    figure = new_figure(12, low if acting else 5.6 + 0.5 * max(len(found) - 2, 0))
    lower: Figure | SubFigure = figure
    if not acting:  # else there is no error and no gradient
        upper, lower = two_rows(figure, 3.4, low)
        measured = any(angles_of(group) for group in found)
        above = upper.subplots(1, 1 + measured, squeeze=False)[0]
        draw_curves(above[0], found, labels)
        if measured:
            draw_angles(above[1], found)
    shown = [key for key in MEASURES if key != (ERROR if acting else REWARD)]
    panels = lower.subplots(1, len(shown), sharey=True)
    for axes, key in zip(panels, shown, strict=True):
        draw_measure(axes, found, key, *MEASURES[key])
    panels[0].set_yticks(range(len(found)), labels)
    panels[0].set_ylim(len(found) - 0.5, -0.5)
    experiments = dict.fromkeys(str(run["experiment"]) for run in runs)
    entitle(figure, ", ".join(experiments))
    return figure


def _labels(found: Sequence[Group]) -> list[str]:
    """Return a name for each group: the rule, and as much more as distinguishes it from the others."""
    names = [str(group[0]["rule"]) for group in found]
    for key, form in (("epochs", "{}\nepochs: {}"), ("experiment", "{}\n{}"), ("seed", "{}\nseed {}")):
        values = [group[0][key] for group in found]
        if key == "epochs" or len(set(names)) < len(names):
            names = [form.format(*pair) for pair in zip(names, values, strict=True)] if len(set(values)) > 1 else names
    return names if len(set(names)) == len(names) else [f"{k}: {name}" for k, name in enumerate(names, start=1)]


# ---- learning curves -----------------------------------------------------------------------------------------------


def draw_curves(axes: Axes, found: Sequence[Group], labels: Sequence[str]) -> None:
    """Draw the validation error [percent] of every run over the epochs, those of a group alike."""
    plain_axes(axes, "Validation error")
    last, keys = 0, []
    shown: list[float] = []
    for index, (group, label) in enumerate(zip(found, labels, strict=True)):
        look, drawn = stroke(index), False
        for run in group:
            if not run["validation_curve"]:
                continue
            epochs, error = np.transpose(run["validation_curve"])
            drawn = True
            every = marks_every(len(epochs))
            style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "markersize": 4, "markevery": every}
            axes.plot(epochs, error, linewidth=1.2, **style)
            last = max(last, int(epochs[-1]))
            shown += error.tolist()
        if drawn:
            keys.append(Line2D([], [], color=look.colour, marker=look.marker, markersize=4, label=label))
    if not keys:
        say(axes, "no validation error was measured")
        return
    percent_axis(axes, np.array(shown))
    epoch_axis(axes, last)
    axes.set_ylabel("error [percent]")
    axes.legend(handles=keys, fontsize="small", edgecolor="none", framealpha=0.9)


# ---- one number for each run ---------------------------------------------------------------------------------------


def draw_measure(axes: Axes, found: Sequence[Group], key: str, title: str, label: str) -> None:
    """Draw a bar for each group, as long as its mean, and a dot for each run."""
    spreads = [spread(run[key] for run in group) for group in found]
    if not any(spreads):
        say(axes, f"{title.lower()}: not measured")
        return
    plain_axes(axes, title)
    axes.set_xlabel(label, fontsize="small")
    known = [run[key] for group in found for run in group if run[key] is not None]
    least, greatest = min(0.0, *known), max(0.0, *known)
    gap = 0.03 * (greatest - least)
    for row, (group, pair) in enumerate(zip(found, spreads, strict=True)):
        if pair is None:
            axes.text(0, row, " –", va="center", fontsize="small", color=INK)
            continue
        axes.barh(row, pair[0], height=0.6, color="0.85", edgecolor="0.5", linewidth=0.6)
        if key == "peak_memory_mb":
            _draw_growth(axes, row, group, pair[0])
        values = [run[key] for run in group if run[key] is not None]
        if len(values) > 1:
            axes.plot(values, [row] * len(values), linestyle="none", marker="o", markersize=4, color=INK)
        text = mean_and_sd(values, form_of(pair[0]))
        axes.text(max(0.0, *values) + gap, row, text, va="center", fontsize="small", color=INK)
    axes.set_xlim(least, greatest + (ROOM - 1) * (greatest - least) or 1)
    axes.tick_params(axis="y", length=0)


def form_of(value: float) -> str:
    """Return the format of a number of that size.

    >>> form_of(1.873).format(1.873), form_of(1332.2).format(1332.2)
    ('1.87', '1,332')
    """
    return "{:,.0f}" if value >= 100 else "{:.2f}"


def _draw_growth(axes: Axes, row: int, group: Group, peak: float) -> None:
    """Hatch the part of the bar that came after everything was built."""
    growth = spread(run["memory_growth_mb"] for run in group)
    if growth is not None:
        left = peak - growth[0]
        axes.barh(row, growth[0], left=left, height=0.6, color="0.6", edgecolor="0.3", linewidth=0.6, hatch="///")
        axes.set_xlabel("memory of the process [MB]\nhatched: after building", fontsize="small")


# ---- angles --------------------------------------------------------------------------------------------------------


def draw_angles(axes: Axes, found: Sequence[Group]) -> None:
    """Draw the last angle [degree] of every projection: the mark says the rule, its filling the loss."""
    angles = [angles_of(group) for group in found]
    projections = list(dict.fromkeys(projection for pairs in angles for projection, _ in pairs))
    losses = list(dict.fromkeys(loss for pairs in angles for _, loss in pairs))
    plain_axes(axes, "Angle to the negative gradient")
    for index, pairs in enumerate(angles):
        for (projection, loss), values in pairs.items():
            pair = spread(values)
            if pair is None:
                continue
            look, filling = stroke(index), FILLED[losses.index(loss) % len(FILLED)]
            row = projections.index(projection) + 0.16 * (losses.index(loss) - (len(losses) - 1) / 2)
            style: dict[str, Any] = {"color": look.colour, "marker": look.marker, "fillstyle": filling, "capsize": 3}
            axes.errorbar(pair[0], row, xerr=pair[1] or None, linestyle="none", markersize=7, **style)
    axes.axvline(90, color="0.5", linewidth=1, linestyle="--")
    axes.set_xlim(0, max(98.0, axes.get_xlim()[1]))
    axes.set_yticks(range(len(projections)), projections)
    axes.set_ylim(len(projections) - 0.5, -0.5)
    axes.set_xlabel("angle [degree], last epoch measured; dashed: unrelated")
    handles = [
        Line2D([], [], color=INK, marker="o", fillstyle=FILLED[k % len(FILLED)], linestyle="none", label=loss)  # type: ignore[arg-type]
        for k, loss in enumerate(losses)
    ]
    axes.legend(handles=handles, fontsize="small", edgecolor="none", framealpha=0.9, title="loss")
