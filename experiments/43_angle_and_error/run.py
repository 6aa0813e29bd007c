"""Test error over the angle to the gradient: ``python experiments/43_angle_and_error/run.py``.

It writes ``runs.json``, ``angles.json``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file
(``--output`` writes elsewhere). A run that is in ``runs.json`` is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from learning import FILES, HERE, SILENT, learn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from brainlearn.lab import (
    mean_interval,
    measure_missing,
    new_figure,
    plain_axes,
    record_runs,
    runs_options,
    stroke,
    write_json,
)

SERIES = {"first": (1, 2, 3, 4, 5), "second": (11, 12, 13, 14, 15)}  # seeds; README.md says why
CORRELATIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
RULE = "temporal_difference"
MIDDLE = "after_8_epochs"  # of 16
TOP_DOWN, RULES = "top_down", "rules"  # the two views: one rule with other top-down weights, or several rules
VIEWS = ((TOP_DOWN, "first"), (TOP_DOWN, "second"), (RULES, "first"))
Run = Mapping[str, Any]


def main() -> None:
    """Measure what is not there yet, and write all files."""
    options = runs_options("Does the error grow with the angle to the gradient?", HERE / "result").parse_args()
    asked = [run for series, seeds in SERIES.items() for seed in seeds for run in runs_of(seed, series)]
    runs = record_runs(
        options,
        lambda store: measure_missing(asked, store, learn, said),
        lambda runs: summary(runs, angles_of(runs)),
        draw,
    )
    write_json(angles_of(runs), options.output / "angles.json")


def angles_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return what each seed says in each view."""
    return [of_seed(runs, view, series, seed) for view, series in VIEWS for seed in SERIES[series]]


def runs_of(seed: int, series: str) -> list[dict[str, Any]]:
    """Return what names each run with a seed: in the second series those with other top-down weights alone."""
    varied = [{"rule": RULE, "top_down": each, "seed": seed} for each in (*CORRELATIONS, SILENT)]
    return varied + [{"rule": rule, "seed": seed} for rule in FILES if rule != RULE and series == "first"]


def said(run: Run) -> str:
    """Return the line to print of a run."""
    what = f"{run['rule']}, seed {run['seed']}, top-down weights {run.get('top_down', 'of the file')}"
    angle = f", angle {run[MIDDLE]['angle']:.1f} degrees" if MIDDLE in run else ""
    return f"{what}: test error {run['test_error_percent']:.2f} %{angle}"


def of_view(runs: Sequence[Run], view: str) -> list[Run]:
    """Return the runs of a view that have an angle; with several rules, temporal differences with tied weights."""
    if view == TOP_DOWN:
        return [run for run in runs if run.get("top_down") in CORRELATIONS]
    return [run for run in runs if run.get("top_down", 1.0) == 1.0 and run["seed"] in SERIES["first"]]


def of_seed(runs: Sequence[Run], view: str, series: str, seed: int) -> dict[str, Any]:
    """Return what one seed says: the errors at the largest and at the smallest angle, and the rank correlation."""
    chosen = [run for run in of_view(runs, view) if run["seed"] == seed]
    angles, errors = measured(chosen)
    found = {
        "view": view,
        "series": series,
        "seed": seed,
        "largest_angle": float(angles.max()),
        "smallest_angle": float(angles.min()),
        "error_at_largest_angle": float(errors[angles.argmax()]),
        "error_at_smallest_angle": float(errors[angles.argmin()]),
        "rank_correlation": float(spearmanr(angles, errors).statistic),
    }
    if view == TOP_DOWN:
        (silent,) = (run for run in runs if run.get("top_down") == SILENT and run["seed"] == seed)
        found["error_without_top_down"] = silent["test_error_percent"]
    return found


def measured(runs: Sequence[Run]) -> tuple[np.ndarray, np.ndarray]:
    """Return the angles in the middle of training [degree] and the test errors [percent] of runs."""
    angles, errors = [run[MIDDLE]["angle"] for run in runs], [run["test_error_percent"] for run in runs]
    return np.array(angles, dtype=float), np.array(errors, dtype=float)


def summary(runs: Sequence[Run], angles: Sequence[Run]) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    found = {f"{view}, {series} seeds": of_series(angles, view, series) for view, series in VIEWS}
    decides, rules = (found[f"{view}, {series} seeds"] for view, series in VIEWS[1:])
    return {
        "experiment": HERE.name,
        "found": f"temporal differences with five kinds of top-down weights, five fresh seeds: error at the largest "
        f"angle less at the smallest {said_of(decides['largest_less_smallest_angle_points'])} points, rank correlation "
        f"of error and angle {said_of(decides['rank_correlation'])}, error without top-down weights "
        f"{said_of(decides['without_top_down_percent'])} %; over {len(FILES)} rules in their own circuits: rank "
        f"correlation {said_of(rules['rank_correlation'])}",
        "over_seeds": found,
        "by_top_down_correlation": {str(each): means(runs, {"top_down": each}) for each in CORRELATIONS},
        "by_rule": {rule: means(runs, {"rule": rule}) for rule in FILES},
    }


def of_series(angles: Sequence[Run], view: str, series: str) -> dict[str, list[float]]:
    """Return what the seeds of a series say in a view."""
    chosen = [each for each in angles if (each["view"], each["series"]) == (view, series)]
    rise = [each["error_at_largest_angle"] - each["error_at_smallest_angle"] for each in chosen]
    ranks = [each["rank_correlation"] for each in chosen]
    found = {"rank_correlation": over_seeds(ranks), "largest_less_smallest_angle_points": over_seeds(rise)}
    if view == TOP_DOWN:
        found["without_top_down_percent"] = over_seeds([each["error_without_top_down"] for each in chosen])
    return found


def means(runs: Sequence[Run], where: Mapping[str, Any]) -> dict[str, Any]:
    """Return mean error and angles with intervals over seeds; of temporal differences as a rule, tied weights."""
    view = TOP_DOWN if "top_down" in where else RULES
    chosen = [run for run in of_view(runs, view) if where.items() <= run.items()]
    angles, errors = measured(chosen)
    moved = max(run[MIDDLE]["gradient_of_half"] for run in chosen)
    return {"test_error_percent": over_seeds(errors), "angle": over_seeds(angles), "gradient_of_half_at_most": moved}


def over_seeds(values: Sequence[float] | np.ndarray) -> list[float]:
    """Return mean and 95 % interval."""
    return [round(float(each), 3) for each in mean_interval(list(values))]


def said_of(interval: Sequence[float]) -> str:
    """Return a mean with its interval."""
    return "{:.2f} ({:.2f} to {:.2f})".format(*interval)


def draw(runs: Sequence[Run]) -> Figure:
    """Draw both views: every run, and the means."""
    figure = new_figure(9.0, 4.0)
    left, right = figure.subplots(1, 2, sharey=True)
    draw_groups(
        left,
        [(f"{each:g}", [run for run in of_view(runs, TOP_DOWN) if run["top_down"] == each]) for each in CORRELATIONS],
    )
    silent = np.mean([run["test_error_percent"] for run in runs if run.get("top_down") == SILENT])
    left.axhline(silent, color="0.6", linewidth=0.8, linestyle=":")
    left.text(
        0.02,
        silent * 0.97,
        "no top-down weights",
        fontsize="x-small",
        color="0.4",
        va="top",
        transform=left.get_yaxis_transform(),
    )
    left.legend(title="correlation of\ntop-down weights", title_fontsize="small", fontsize="small", frameon=False)
    left.set_ylabel("test error [%]")
    plain_axes(left, "Temporal differences, 30 units")
    draw_groups(
        right,
        [(rule.replace("_", " "), [run for run in of_view(runs, RULES) if run["rule"] == rule]) for rule in FILES],
    )
    right.legend(fontsize="small", frameon=False)
    plain_axes(right, "Rules in their own circuits")
    for axes in (left, right):
        axes.set_xlabel("angle to the gradient, middle of training [°]")
    left.set_yscale("log")
    left.set_yticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    left.minorticks_off()
    return figure


def draw_groups(axes: Axes, groups: Sequence[tuple[str, Sequence[Run]]]) -> None:
    """Draw runs as small marks, and the mean of each group as a large one."""
    for k, (label, runs) in enumerate(groups):
        angles, errors = measured(runs)
        look = stroke(k)
        axes.plot(angles, errors, look.marker, color=look.colour, markersize=3, alpha=0.5)
        axes.plot(angles.mean(), errors.mean(), look.marker, color=look.colour, markersize=8, label=label)


if __name__ == "__main__":
    main()
