"""What was found, in a summary and a figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from labelled import LEAST, best_steps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from power_law import saturation
from xarray import DataArray, Dataset, load_dataset

from brainlearn.lab import mean_interval, new_figure, plain_axes, stroke

LAWS = ("exponent", "curvature", "excess")
AXES = {"width": "units in each area", "samples": "training images"}
RULES = {
    "forward_forward": "Forward-Forward",
    "temporal_difference": "temporal differences",
    "equilibrium_propagation": "equilibrium propagation",
    "predictive_coding": "predictive coding",
    "e_prop": "e-prop",
}
WORDS = {"rule": "the circuit's rule", "backprop": "backpropagation"}


def summary(data: Dataset, steps: Path) -> dict[str, Any]:
    """Return what was found, with 95 % intervals over the seeds.

    Parameters
    ----------
    data : xarray.Dataset
        As of `labelled.derived`.
    steps : Path
        The record of the search for step sizes.
    """
    fewest = int(data["samples"].min())
    more = (data["gain"].sel(learner="rule") - data["gain"].sel(learner="backprop")).sel(samples=fewest)
    of_rules = {rule_name(rule): interval(more.sel(rule=rule)) for rule in data["rule"].values}
    together = interval(more.mean("rule"))
    laws = {f"{law}_over_{axis}": by_circuit(data[f"{law}_over_{axis}"]) for axis in AXES for law in LAWS}
    means = {name: interval(data[name].mean(("learner", "rule"))) for name in laws}
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(together, means, fewest),
        "seeds": data["seed"].values.tolist(),
        "step_sizes": chosen_steps(steps),
        "more_gain_from_width_than_backpropagation_points": {"mean over rules": together} | of_rules,
        "mean_over_rules_and_backpropagation": means,
        "saturation": {axis: {name: saturated(line, axis) for name, line in lines(data, axis)} for axis in AXES},
        **laws,
        "test_error_percent": errors(data["test_error"]),
    }


def in_one_line(more: list[float], means: dict[str, list[float]], fewest: int) -> str:
    """Say what was found."""
    over = {axis: (means[f"exponent_over_{axis}"], means[f"excess_over_{axis}"]) for axis in AXES}
    laws = "; ".join(
        f"over {AXES[axis]} the exponent is {power[0]:.2f} ({power[1]:.2f} to {power[2]:.2f}) and the last error "
        f"{excess[0]:.2f} times ({excess[1]:.2f} to {excess[2]:.2f}) what the others predict"
        for axis, (power, excess) in over.items()
    )
    return (
        f"with {fewest} images width takes {more[0]:.1f} points more of the error ({more[1]:.1f} to {more[2]:.1f}) "
        f"under local rules than under backpropagation; {laws}"
    )


def rule_name(rule: object) -> str:
    """Return the name of a rule in words."""
    return RULES[str(rule)]


def interval(values: DataArray) -> list[float]:
    """Return the mean over the seeds with its interval."""
    return [round(float(each), 3) for each in mean_interval(values.values)]


def by_circuit(values: DataArray) -> dict[str, list[float]]:
    """Return the interval of a measure for every rule and its backpropagation."""
    return {
        f"{rule_name(rule)}, {WORDS[str(learner)]}": interval(values.sel(rule=rule, learner=learner))
        for rule in values["rule"].values
        for learner in values["learner"].values
    }


def lines(data: Dataset, axis: str) -> list[tuple[str, DataArray]]:
    """Return the errors along the axis with most images, or in the widest circuit, of every circuit."""
    error = data["test_error"]
    other = "samples" if axis == "width" else "width"
    edge = error.sel({other: error[other].max()})
    return [
        (f"{rule_name(rule)}, {WORDS[str(learner)]}", edge.sel(rule=rule, learner=learner))
        for rule in error["rule"].values
        for learner in error["learner"].values
    ]


def saturated(line: DataArray, axis: str) -> dict[str, float]:
    """Return floor and gain of a law that saturates."""
    found = saturation(line[axis].values, line.transpose(axis, "seed").values.clip(LEAST))
    return {name: round(value, 2) for name, value in found.items()}


def chosen_steps(steps: Path) -> dict[str, dict[str, float]]:
    """Return the step sizes that the search chose for every circuit, by width."""
    best = best_steps(load_dataset(steps, engine="h5netcdf"))
    return {
        f"{rule_name(rule)}, {WORDS[str(learner)]}": {
            str(width): float(best.sel(rule=rule, learner=learner, width=width)) for width in best["width"].values
        }
        for rule in best["rule"].values
        for learner in best["learner"].values
    }


def errors(error: DataArray) -> dict[str, list[float]]:
    """Return the interval of the test error at every point of the grid."""
    found = {}
    for index in np.ndindex(*(error.sizes[dim] for dim in ("rule", "learner", "samples", "width"))):
        point = error.isel(dict(zip(("rule", "learner", "samples", "width"), index, strict=True)))
        if point.notnull().all():
            rule, learner = rule_name(point["rule"].item()), WORDS[point["learner"].item()]
            name = f"{rule}, {learner}, {point['width'].item()} units, {point['samples'].item()} images"
            found[name] = interval(point)
    return found


def draw(data: Dataset) -> Figure:
    """Draw errors over width (above) and over images (below), one column for each rule."""
    figure = new_figure(12.0, 6.0)
    rules = data["rule"].values
    panels = figure.subplots(2, len(rules), sharey=True)
    few, most = data["samples"].values[[0, -1]]
    widest = data["width"].values[-1]
    for column, rule in enumerate(rules):
        error = data["test_error"].sel(rule=rule)
        above, below = panels[:, column]
        for samples, filled in ((few, False), (most, True)):
            draw_lines(above, error.sel(samples=samples), "width", f"{samples:,} images", filled=filled)
        draw_lines(below, error.sel(width=widest), "samples", f"{widest} units", filled=True)
        plain_axes(above, rule_name(rule))
        for axes, axis in ((above, "width"), (below, "samples")):
            sizes = data[axis].values
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
            axes.set_yticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
            axes.minorticks_off()
            axes.set_xlabel(AXES[axis])
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize="small")
            axes.grid(axis="y", color="0.9", linewidth=0.6)
    for row in panels:
        row[0].set_ylabel("test error [%]")
    figure.legend(*above.get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize="small")
    return figure


def draw_lines(axes: Axes, error: DataArray, axis: str, what: str, *, filled: bool) -> None:
    """Draw the rule (solid) and backpropagation (dashed), means over seeds; dots are seeds."""
    for index, (learner, words) in enumerate(WORDS.items()):
        look, line = stroke(1 - index), error.sel(learner=learner).dropna(axis)
        face = look.colour if filled else "none"
        for seed in line["seed"].values:
            axes.plot(line[axis], line.sel(seed=seed), ".", color=look.colour, markersize=2.5, alpha=0.5)
        axes.plot(
            line[axis],
            line.mean("seed"),
            "-" if learner == "rule" else "--",
            color=look.colour,
            marker=look.marker,
            markersize=4.5,
            markerfacecolor=face,
            label=f"{words}, {what}",
        )
