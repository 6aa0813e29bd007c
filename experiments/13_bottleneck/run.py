"""Three areas, the middle one narrow: temporal differences, feedback alignment and backpropagation beside each other.

Run every width with every rule and seed::

    python experiments/13_bottleneck/run.py --data DIR

It writes ``summary.json`` and ``figure.png`` into ``result/`` beside this file, and every run at once into
``runs.json``: started again, it continues from there. ``--dataset digits`` runs the small digits instead, in minutes,
without angles, into ``result/digits``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainlearn import load_experiment
from brainlearn.lab import (
    AlignmentRecord,
    Silent,
    error_percent,
    mean_interval,
    measure_alignment,
    measure_missing,
    new_figure,
    plain_axes,
    prepare,
    record_runs,
    run_epoch,
    run_test,
    runs_options,
    stroke,
    versions,
)

HERE = Path(__file__).resolve().parent
EXPERIMENT = HERE / "experiment.toml"
WIDTHS = (2, 4, 8, 16, 32, 64, 128)
SEEDS = (1, 2, 3)
TIME = "baselines.backprop_through_time"

WIDE_ENOUGH = 8  # with fewer units in V2 their strong weights onto V4, and the loop through both, are taken back
RULES = ("temporal_difference", "feedback_alignment", "backprop")
NAMES = {
    "temporal_difference": "temporal differences",
    "feedback_alignment": "feedback alignment",
    "backprop": "backpropagation through time",
}
DATASETS: dict[str, dict[str, Any]] = {
    "mnist": {},
    "digits": {
        "dataset": {"name": "digits", "validation": 200},
        "training.samples": 1200,
        "training.copies": 30,
        "training.epochs": 20,
        f"{TIME}.copies": 30,
        "alignment.epochs": [],
    },
}
SIZES: dict[str, dict[str, Any]] = {
    "mnist": {},
    "digits": {"retina/image": [8, 8], "V1/E": 100, "V4/E": 100},
}
PROJECTIONS = ("retina/image->V1/E", "V1/E->V2/E", "V2/E->V4/E", "V4/E->IT/class")


# ---- measuring -----------------------------------------------------------------------------------------------------


def measure(dataset: str, rule: str, width: int, seed: int, data: Path | None, epochs: int | None) -> dict[str, Any]:
    """Train one circuit, and return its errors [percent], activity and angles [degree]."""
    changes = {**DATASETS[dataset], "seed": seed, "weights": top_down(rule, width)}
    sizes = load_experiment(EXPERIMENT).settings.sizes | SIZES[dataset] | {"V2/E": width}
    changes |= {"sizes": sizes} | ({} if epochs is None else {"training.epochs": epochs})
    experiment = load_experiment(EXPERIMENT, changes)
    course = prepare(experiment, data, Silent(), "backprop_through_time" if rule == "backprop" else None)
    began, angles = time.perf_counter(), angles_of(measure_alignment(course, 0))
    for number in range(course.learner.epochs):
        epoch = run_epoch(course, number)
        angles += angles_of(measure_alignment(course, number + 1))
    images, labels = course.dataset.test_images, course.dataset.test_labels
    return {
        "epochs": course.learner.epochs,
        "test_error": error_percent(run_test(course, images, labels).prediction, labels),
        "validation_error": epoch.validation_error_percent,
        "activity": epoch.activity,
        "silent_percent": epoch.silent_percent,
        "saturated_percent": epoch.saturated_percent,
        "seconds": time.perf_counter() - began,
        "angles": angles,
    }


def top_down(rule: str, width: int) -> dict[str, Any]:
    """Return the top-down weights of a circuit: tied, or for feedback alignment as strong, random and fixed."""
    scales = {
        ("V2/E", "V1/E"): 0.03,
        ("V4/E", "V2/E"): 0.03 * min(1.0, width / WIDE_ENOUGH),
        ("IT/class", "V4/E"): 8.0,
    }
    correlation = 0.0 if rule == "feedback_alignment" else 1.0
    return {
        f"{above}->{below}": {
            "distribution": "tied",
            "to": f"{below}->{above}",
            "scale": scale,
            "correlation": correlation,
        }
        for (above, below), scale in scales.items()
    }


def angles_of(records: Iterable[AlignmentRecord]) -> list[dict[str, Any]]:
    """Return what the figure and the summary need of each projection [degree]; null where it cannot be told.

    `of_few` and `of_all` are of changes averaged over the first and the last number of `presentations`, `limit` is what
    would remain without noise, and `reference` the angle of the gradient of most presentations to that of all.
    """
    return [
        {
            "epoch": record.epoch,
            "projection": name,
            "presentations": [int(record.presentations[0]), int(record.presentations[-1])],
            "of_few": number(record.angle[name][0]),
            "of_all": number(record.angle[name][-1]),
            "limit": number(record.angle_limit[name]),
            "reference": number(record.angle_gradient[name][-2]),
        }
        for record in records
        for name in record.angle
    ]


def number(value: float) -> float | None:
    """Return a number, or None for nan."""
    return None if math.isnan(value) else float(value)


def asked_runs(
    seeds: Sequence[int], widths: Sequence[int], rules: Sequence[str], epochs: int | None
) -> list[dict[str, Any]]:
    """Return what names each run, one seed after the other."""
    return [
        {"rule": rule, "width": width, "seed": seed, "asked_epochs": epochs}
        for seed in seeds
        for width in widths
        for rule in rules
    ]


# ---- what was found ------------------------------------------------------------------------------------------------


def summary(dataset: str, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return mean and standard deviation over seeds of errors, gaps and angles, for every rule and width."""
    rows = [row_of(runs, rule, width) for rule in RULES for width in WIDTHS]
    rows = [row for row in rows if row["seeds"]]
    about = {"experiment": HERE.name, "found": in_one_line(rows), "dataset": dataset}
    return about | {"rows": rows, "versions": versions()}


def row_of(runs: Sequence[dict[str, Any]], rule: str, width: int) -> dict[str, Any]:
    """Gather the seeds of one rule and width."""
    mine = chosen(runs, rule, width)
    row: dict[str, Any] = {"rule": rule, "width": width, "seeds": [run["seed"] for run in mine]}
    if not mine:
        return row
    row["test_error"] = spread([run["test_error"] for run in mine])
    reference = {run["seed"]: run["test_error"] for run in chosen(runs, "backprop", width)}
    gaps = [run["test_error"] - reference[run["seed"]] for run in mine if run["seed"] in reference]
    if gaps and rule != "backprop":
        row["gap"] = mean_interval(gaps)._asdict()
    row["angles"] = [
        {"epoch": epoch, "projection": projection} | angles_over_seeds(mine, epoch, projection)
        for epoch in sorted({angle["epoch"] for run in mine for angle in run["angles"]})
        for projection in PROJECTIONS
    ]
    return row


def chosen(runs: Sequence[dict[str, Any]], rule: str, width: int) -> list[dict[str, Any]]:
    """Return the runs of one rule and width."""
    return [run for run in runs if (run["rule"], run["width"]) == (rule, width)]


def angles_over_seeds(runs: Sequence[dict[str, Any]], epoch: int, projection: str) -> dict[str, Any]:
    """Return mean and standard deviation over the seeds that could tell an angle, and how many these are."""
    found = [a for run in runs for a in run["angles"] if (a["epoch"], a["projection"]) == (epoch, projection)]
    kinds = ("of_few", "of_all", "limit", "reference")
    return {kind: spread([a[kind] for a in found if a[kind] is not None]) for kind in kinds}


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return mean, standard deviation and number of some values; null without any."""
    if not values:
        return {"mean": None, "sd": None, "count": 0}
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {"mean": float(np.mean(values)), "sd": sd, "count": len(values)}


def in_one_line(rows: Sequence[dict[str, Any]]) -> str:
    """Say how far each rule is behind backpropagation at every width."""
    said = []
    for rule in ("temporal_difference", "feedback_alignment"):
        gaps = ", ".join(f"{r['gap']['mean']:.1f}" for r in rows if r["rule"] == rule and "gap" in r)
        said.append(f"{NAMES[rule]} {gaps}")
    of_backprop = [row for row in rows if row["rule"] == "backprop"]
    widths = ", ".join(str(row["width"]) for row in of_backprop)
    errors = ", ".join(f"{row['test_error']['mean']:.1f}" for row in of_backprop)
    seeds = max((len(row["seeds"]) for row in rows), default=0)
    return (
        f"with {widths} units in the narrow area backpropagation errs in {errors} %; points behind it: "
        f"{'; '.join(said)} ({seeds} seeds)"
    )


# ---- the figure ----------------------------------------------------------------------------------------------------


def draw(found: dict[str, Any], runs: Sequence[dict[str, Any]]) -> Figure:
    """Draw errors, and if they were measured the angles of both local rules at the last epoch with angles."""
    measured = ("temporal_difference", "feedback_alignment") if any(run["angles"] for run in runs) else ()
    figure = new_figure(11.0 if measured else 5.0, 3.6)
    errors, *panels = figure.subplots(1, 1 + len(measured), squeeze=False)[0]
    for k, rule in enumerate(RULES):
        rows = [row for row in found["rows"] if row["rule"] == rule]
        if not rows:
            continue
        look = stroke(k)
        errors.plot(
            [run["width"] for run in runs if run["rule"] == rule],
            [run["test_error"] for run in runs if run["rule"] == rule],
            linestyle="none",
            marker="o",
            markersize=3,
            markerfacecolor="none",
            color=look.colour,
        )
        means = [row["test_error"]["mean"] for row in rows]
        widths = [row["width"] for row in rows]
        errors.plot(widths, means, color=look.colour, marker=look.marker, markersize=4, label=NAMES[rule])
    errors.set_yscale("log")
    errors.set_yticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    errors.minorticks_off()
    errors.set_ylabel("test error [%]")
    errors.legend(frameon=False, fontsize="small")
    plain_axes(errors, "Error")
    for axes, rule in zip(panels, measured, strict=True):
        draw_angles(axes, [row for row in found["rows"] if row["rule"] == rule])
        plain_axes(axes, f"{NAMES[rule]}: angle".capitalize())
    for axes in panels[-1:]:
        for line, meaning in ((":", "100 presentations"), ("-", "without noise")):
            axes.plot([], [], line, color="0.3", linewidth=1.2, label=meaning)
        axes.legend(frameon=False, fontsize="x-small", loc="lower left", ncols=2)
    for axes in (errors, *panels):
        axes.set_xscale("log", base=2)
        axes.set_xlim(WIDTHS[0] / 1.2, WIDTHS[-1] * 1.2)
        axes.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
        axes.set_xlabel("units in the narrow area")
        axes.grid(axis="y", color="0.9", linewidth=0.6)
    return figure


def draw_angles(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    """Draw the angle of few presentations (dotted) and what would remain of it without noise (solid)."""
    for k, projection in enumerate(PROJECTIONS):
        look = stroke(k)
        for kind, line in (("of_few", ":"), ("limit", "-")):
            points = []
            for row in rows:
                last = max((angle["epoch"] for angle in row["angles"]), default=None)
                of_it = [a for a in row["angles"] if (a["epoch"], a["projection"]) == (last, projection)]
                points += [(row["width"], a[kind]["mean"]) for a in of_it if a[kind]["count"]]
            axes.plot(
                [width for width, _ in points],
                [mean for _, mean in points],
                line,
                color=look.colour,
                marker=look.marker,
                markersize=3,
                linewidth=1.2,
                label=projection if kind == "limit" else None,
            )
    axes.axhline(90, color="0.6", linewidth=0.8)
    axes.set_ylim(0, 120)
    axes.set_yticks([0, 30, 60, 90, 120])
    axes.set_ylabel("angle to the gradient [°]")


def main() -> None:
    """Measure, write, draw."""
    parser = runs_options("How narrow may an area be for rules that learn by differences?", None, SEEDS)
    parser.add_argument("--dataset", choices=list(DATASETS), default="mnist", help="default: %(default)s")
    parser.add_argument("--data", type=Path, help="folder of MNIST; default: the environment variable BRAINLEARN_DATA")
    parser.add_argument("--widths", type=int, nargs="+", choices=WIDTHS, default=list(WIDTHS), help="default: all")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES), help="default: all")
    parser.add_argument("--epochs", type=int, help="default: those of the experiment file")
    asked = parser.parse_args()
    asked.output = asked.output or HERE / "result" / ("" if asked.dataset == "mnist" else asked.dataset)
    record_runs(
        asked,
        lambda store: measure_missing(
            asked_runs(asked.seeds, asked.widths, asked.rules, asked.epochs),
            store,
            lambda each: measure(asked.dataset, each["rule"], each["width"], each["seed"], asked.data, asked.epochs),
            said,
        ),
        lambda runs: summary(asked.dataset, runs),
        lambda runs: draw(summary(asked.dataset, runs), runs),
    )


def said(run: dict[str, Any]) -> str:
    """Return the line to print of a run."""
    name = f"seed {run['seed']}, {run['width']} units, {NAMES[run['rule']]}"
    return f"{name}: test error {run['test_error']:.2f} %, {run['seconds']:.0f} s"


if __name__ == "__main__":
    main()
