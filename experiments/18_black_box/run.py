"""Two areas that learn with a box between them that nobody trains: Forward-Forward beside backpropagation.

Run every case with every seed::

    python experiments/18_black_box/run.py --data DIR

It writes ``summary.json`` and ``figure.png`` into ``result/`` beside this file, and every run at once into
``runs.json``: started again, it continues from there. ``--dataset digits`` runs the small digits instead, in minutes,
into ``result/digits``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainlearn import load_experiment
from brainlearn.lab import (
    Silent,
    error_percent,
    mean_interval,
    measure_missing,
    new_figure,
    of_these,
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
BOX = "V1/E->box/E"
FIRST = ["retina/image->V1/E", "retina/label->V1/E"]
NAMES = {"forward_forward": "Forward-Forward", "backprop": "Backpropagation"}
SEEDS = (1, 2, 3)
DRIFT = 0.2  # standard deviations of the weights in an epoch

DATASETS: dict[str, dict[str, Any]] = {
    "mnist": {},
    "digits": {
        "dataset": {"name": "digits", "validation": 200},
        "training.epochs": 20,
        "training.samples": 1237,
        "training.copies": 150,
        "baselines.backprop_through_time.epochs": 10,
    },
}
SIDES = {"mnist": 28, "digits": 8}
UNITS = {"mnist": 500, "digits": 200}
WIDE = {"wide box": 4}  # times as many units in the box as elsewhere, 1 in all other cases

# What a case is called, and what of the experiment file it changes; those of "backprop" train the mirror.
TIME = "baselines.backprop_through_time"
WITHOUT = {"circuit": "../../circuits/two_areas.toml", "rule.projections": "all", f"{TIME}.fixed": []}
DRIFTING = {"drift": {BOX: {"per_epoch": DRIFT}}}
CASES: dict[str, dict[str, dict[str, Any]]] = {
    "forward_forward": {
        "no box": WITHOUT,
        "box": {},
        "wide box": {},
        "drifting box": DRIFTING,
    },
    "backprop": {
        "no box": WITHOUT,
        "box": {},
        "wide box": {},
        "drifting box": DRIFTING,
        "box, V1 left as drawn": {f"{TIME}.fixed": [*FIRST, BOX]},
        "box, wrong model": {f"{TIME}.beliefs": {BOX: "drawn_anew"}},
        "drifting box, model as at first": DRIFTING | {f"{TIME}.beliefs": {BOX: "as_drawn"}},
    },
}


def measure(dataset: str, rule: str, case: str, seed: int, data: Path | None, epochs: int | None) -> dict[str, float]:
    """Train one case, and return its test errors [percent] and what it took."""
    side, units = SIDES[dataset], UNITS[dataset]
    sizes = {"retina/image": [side, side], "V1/E": units, "V2/E": units}
    changes = {**DATASETS[dataset], "seed": seed, **CASES[rule][case]}
    changes["sizes"] = sizes if "circuit" in changes else sizes | {"box/E": units * WIDE.get(case, 1)}
    if epochs is not None:
        changes |= {"training.epochs": epochs, f"{TIME}.epochs": epochs}
    how = None if rule == "forward_forward" else "backprop_through_time"
    course = prepare(load_experiment(EXPERIMENT, changes), data, Silent(), how)
    began = time.perf_counter()
    for number in range(course.learner.epochs):
        run_epoch(course, number)
    found = {"seconds": time.perf_counter() - began, "epochs": course.learner.epochs}
    images, labels = course.dataset.test_images, course.dataset.test_labels
    tested = run_test(course, images, labels)
    answers = {"test_error": tested.prediction, "test_error_of_v2": tested.prediction}  # a baseline reads V2 alone
    for path, name in {"V1/E": "test_error_of_v1", "V2/E": "test_error_of_v2"}.items():
        if path in tested.of_subsets:
            answers[name] = tested.of_subsets[path]
    return found | {name: error_percent(answer, labels) for name, answer in answers.items()}


def asked_runs(seeds: Sequence[int], epochs: int | None) -> list[dict[str, Any]]:
    """Return what names every run: its rule, case and seed."""
    return [
        {"rule": rule, "case": case, "seed": seed, "asked_epochs": epochs}
        for seed in seeds
        for rule, cases in CASES.items()
        for case in cases
    ]


def said(run: dict[str, Any]) -> str:
    """Return the line to print of a run."""
    errors = f"test error {run['test_error']:.2f} %, by V2 {run['test_error_of_v2']:.2f} %"
    return f"seed {run['seed']}, {run['rule']}, {run['case']}: {errors}, {run['seconds']:.0f} s"


def summary(dataset: str, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return mean and standard deviation over seeds of the test errors [percent], and what the box costs [points]."""
    rows = []
    for rule, cases in CASES.items():
        for case in cases:
            of_case = [run for run in runs if (run["rule"], run["case"]) == (rule, case)]
            if not of_case:
                continue
            row: dict[str, Any] = {"rule": rule, "case": case, "seeds": [run["seed"] for run in of_case]}
            for name in ("test_error", "test_error_of_v1", "test_error_of_v2", "seconds"):
                values = np.array([run[name] for run in of_case if name in run])
                if len(values):
                    sd = float(values.std(ddof=1 if len(values) > 1 else 0))
                    row[name] = {"mean": float(values.mean()), "sd": sd}
            row["loss"] = mean_interval(losses(runs, rule, case))._asdict()
            rows.append(row)
    about = {"experiment": HERE.name, "found": in_one_line(rows), "dataset": dataset, "drift_per_epoch": DRIFT}
    return about | {"rows": rows, "versions": versions()}


def losses(runs: Sequence[dict[str, Any]], rule: str, case: str) -> list[float]:
    """Return how much worse a case is than the same circuit without a box, for each seed [points]."""
    error = {(run["case"], run["seed"]): run["test_error"] for run in runs if run["rule"] == rule}
    return [found - error["no box", seed] for (of, seed), found in error.items() if of == case]


def in_one_line(rows: Sequence[dict[str, Any]]) -> str:
    """Say what the box costs either way of learning."""
    said = []
    for rule, name in NAMES.items():
        without, *others = [row for row in rows if row["rule"] == rule]
        lost = "; ".join(f"{row['case']} {row['loss']['mean']:.2f}{fewer(row, without)}" for row in others)
        said.append(f"{name} errs in {without['test_error']['mean']:.2f} % without a box; points lost: {lost}")
    return f"{'. '.join(said)} ({len(rows[0]['seeds'])} seeds)"


def fewer(row: dict[str, Any], than: dict[str, Any]) -> str:
    """Name the seeds of a case that was not measured with all."""
    return "" if row["seeds"] == than["seeds"] else f" (seed {', '.join(map(str, row['seeds']))})"


def draw(found: dict[str, Any], runs: Sequence[dict[str, Any]]) -> Figure:
    """Draw the errors of all cases: every seed (open circles), and the mean."""
    figure = new_figure(8.5, 3.4)
    for axes, (rule, title) in zip(figure.subplots(1, 2, sharex=True), NAMES.items(), strict=True):
        draw_panel(axes, [row for row in found["rows"] if row["rule"] == rule], runs, "test_error_of_v2", 0, "by V2")
        if rule == "forward_forward":
            draw_panel(axes, [row for row in found["rows"] if row["rule"] == rule], runs, "test_error", 1, "by V1 + V2")
            axes.legend(frameon=False, fontsize="small")
        plain_axes(axes, title)
        axes.set_xlabel("test error [%]")
        axes.set_xlim(left=0)
        axes.grid(axis="x", color="0.9", linewidth=0.6)
    return figure


def draw_panel(
    axes: Axes, rows: Sequence[dict[str, Any]], runs: Sequence[dict[str, Any]], measured: str, k: int, label: str
) -> None:
    """Draw one readout of the cases of one rule, the first case on top."""
    places, look = np.arange(len(rows))[::-1], stroke(k)
    for place, row in zip(places, rows, strict=True):
        values = [run[measured] for run in runs if (run["rule"], run["case"]) == (row["rule"], row["case"])]
        axes.plot(values, [place] * len(values), "o", markersize=3, markerfacecolor="none", color="0.5")
    means = [row[measured]["mean"] for row in rows]
    axes.plot(means, places, linestyle="none", marker=look.marker, color=look.colour, markersize=6, label=label)
    axes.set_yticks(places, [row["case"] for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)


def main() -> None:
    """Measure, write, draw."""
    parser = runs_options("Forward-Forward and backpropagation with a box in the middle.", None, SEEDS)
    parser.add_argument("--dataset", choices=list(DATASETS), default="mnist", help="default: %(default)s")
    parser.add_argument("--data", type=Path, help="folder of MNIST; default: the environment variable BRAINLEARN_DATA")
    parser.add_argument("--epochs", type=int, help="default: those of the experiment file")
    asked = parser.parse_args()
    asked.output = asked.output or HERE / "result" / ("" if asked.dataset == "mnist" else asked.dataset)
    wanted = asked_runs(asked.seeds, asked.epochs)

    def measured(each: Mapping[str, Any]) -> dict[str, Any]:
        return measure(asked.dataset, each["rule"], each["case"], each["seed"], asked.data, asked.epochs)

    def found(runs: list[dict[str, Any]]) -> dict[str, Any]:
        return summary(asked.dataset, of_these(runs, wanted))

    record_runs(
        asked,
        lambda store: measure_missing(wanted, store, measured, said),
        found,
        lambda runs: draw(found(runs), of_these(runs, wanted)),
    )


if __name__ == "__main__":
    main()
