"""Forward-Forward and backpropagation on CIFAR-10, with two and with three levels of local receptive fields.

Run every case with every seed::

    python experiments/19_cifar10_local/run.py --data DIR

It writes ``summary.json`` and ``figure.png`` into ``result/`` beside this file, and every run at once into
``runs.json``: started again, it continues from there. With all images, backpropagation and predictive coding::

    python experiments/19_cifar10_local/run.py --data DIR --all-images
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from brainlearn import load_experiment
from brainlearn.lab import (
    Contrastive,
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
EXPERIMENT, ALL_IMAGES = HERE / "experiment.toml", HERE / "all_images.toml"
LEVELS = {2: "two_levels.toml", 3: "three_levels.toml"}
PREDICTIVE = HERE / "predictive_coding.toml"
PREDICTIVE_LEVELS = {2: "two_predictive_levels.toml", 3: "three_predictive_levels.toml"}
# Least activity is a rule that acts in every step, also before an image has reached the highest level.
LEAST = {
    "name": "forward_forward_recurrent",
    "parameters": {"threshold": 0.5, "width": 0.02, "peer": 0.03, "sense": -1},
}
CASES: dict[str, dict[str, Any]] = {
    "forward_forward": {},
    "backprop": {},
    "predictive_coding": {},
    "forward_forward, least activity": {"rule.name": LEAST["name"], "rule.parameters": LEAST["parameters"]},
}
WITH_FEW_IMAGES = ("forward_forward", "backprop", "forward_forward, least activity")
WITH_ALL_IMAGES = ("backprop", "predictive_coding")
NAMES = {
    "forward_forward": "Forward-Forward",
    "backprop": "backpropagation",
    "predictive_coding": "predictive coding",
    "forward_forward, least activity": "Forward-Forward, least activity",
}
SEEDS = (1, 2, 3)
TRAINED = 1000  # training items that are tested too
NORMAL = 1.96  # standard deviations to either side of 95 %


def measure(run: Mapping[str, Any], experiment: Path, data: Path | None) -> dict[str, Any]:
    """Train one circuit, and return its errors [percent] and what it took."""
    levels, rule, seed, epochs = (run[name] for name in ("levels", "rule", "seed", "asked_epochs"))
    changes: dict[str, Any] = {"seed": seed, "circuit": LEVELS[levels], "phases": phases(levels), **CASES[rule]}
    if rule == "predictive_coding":
        experiment = PREDICTIVE
        changes |= {"circuit": PREDICTIVE_LEVELS[levels], "phases": one_area_after_the_other(levels)}
    how = rule if rule == "backprop" else None
    if epochs is not None:
        changes["training.epochs" if how is None else "baselines.backprop.epochs"] = epochs
    course = prepare(load_experiment(experiment, changes), data, Silent(), how)
    began = time.perf_counter()
    for number in range(course.learner.epochs):
        run_epoch(course, number)
    found: dict[str, Any] = {"seconds": time.perf_counter() - began, "epochs": course.learner.epochs}
    images, labels = course.dataset.test_images, course.dataset.test_labels
    tested = run_test(course, images, labels)
    some = course.split.train_images[:TRAINED], course.split.train_labels[:TRAINED]
    found["test_error"] = error_percent(tested.prediction, labels)
    found["train_error"] = error_percent(run_test(course, *some).prediction, some[1])
    found["items"] = len(labels)
    if isinstance(course.task, Contrastive):
        assert tested.one_pass is not None
        found["one_pass_error"] = error_percent(tested.one_pass, labels)
        found["level_errors"] = {p: error_percent(tested.of_subsets[p], labels) for p in course.task.read_out}
    return found


def phases(levels: int) -> list[dict[str, Any]]:
    """Return a presentation of as many steps as an image needs to the highest level."""
    return [{"name": "show", "duration": f"{levels} ms"}]


def one_area_after_the_other(levels: int) -> list[dict[str, Any]]:
    """Return the phases in which errors climb down and every area learns at its own moment; see experiment 12."""
    step: dict[str, Any] = {"duration": "1 ms", "reset": False, "nudge": 1.0}
    paths = ["retina/image", *(f"V{k}/E" for k in range(1, levels + 1)), "IT/class"]
    found = [{"name": "free", "duration": f"{levels + 3} ms", "learn": False, "answer": True}]
    found.append({"name": "taught", "learn": False, **step})
    for k, (source, target) in enumerate(reversed(list(pairwise(paths)))):
        found.append({"name": f"errors_{k}", "learn": False, "remember": True, **step})
        found.append({"name": f"values_{k}", "learn": [f"{source}->{target}"], **step})
    return found


def interval(error: float, items: int) -> tuple[float, float]:
    """Return between which errors [percent] the true one lies with 95 %, for one circuit (Wilson 1927)."""
    p, z = error / 100, NORMAL
    middle = (p + z**2 / (2 * items)) / (1 + z**2 / items)
    half = z / (1 + z**2 / items) * math.sqrt(p * (1 - p) / items + z**2 / (4 * items**2))
    return 100 * (middle - half), 100 * (middle + half)


def asked_runs(seeds: Sequence[int], epochs: int | None, rules: Iterable[str]) -> list[dict[str, Any]]:
    """Return what names every run: its levels, rule and seed."""
    return [
        {"levels": levels, "rule": rule, "seed": seed, "asked_epochs": epochs}
        for rule in rules
        for seed in seeds
        for levels in LEVELS
    ]


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    name = f"seed {run['seed']}, {run['rule']}, {run['levels']} levels"
    return f"{name}: test error {run['test_error']:.1f} %, {run['seconds']:.0f} s"


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return means over seeds of the errors [percent], and the interval that the number of test images leaves."""
    rows = []
    rules = [rule for rule in CASES if any(run["rule"] == rule for run in runs)]
    for rule in rules:
        for levels in LEVELS:
            of_case = [run for run in runs if (run["rule"], run["levels"]) == (rule, levels)]
            row: dict[str, Any] = {"rule": rule, "levels": levels, "seeds": [run["seed"] for run in of_case]}
            for name in ("test_error", "train_error", "one_pass_error", "seconds"):
                values = np.array([run[name] for run in of_case if name in run])
                if len(values):
                    row[name] = {"mean": float(values.mean()), "each": values.tolist()}
            row["items"] = of_case[0]["items"]
            row["interval"] = interval(row["test_error"]["mean"], row["items"])
            if "level_errors" in of_case[0]:
                paths = of_case[0]["level_errors"]
                row["level_errors"] = {p: float(np.mean([run["level_errors"][p] for run in of_case])) for p in paths}
            rows.append(row)
    behind = {
        rule: {levels: difference(runs, (rule, levels), ("backprop", levels)) for levels in LEVELS} for rule in rules
    }
    deeper = {rule: difference(runs, (rule, max(LEVELS)), (rule, min(LEVELS))) for rule in rules}
    found = {"experiment": HERE.name, "found": in_one_line(rows, behind), "items": runs[0]["items"], "rows": rows}
    return found | {"behind_backprop": behind, "third_level": deeper, "versions": versions()}


def difference(runs: Sequence[dict[str, Any]], one: tuple[str, int], other: tuple[str, int]) -> dict[str, float]:
    """Return the mean over seeds of one case's test error minus another's [points], with its 95 % interval."""
    error = {(run["rule"], run["levels"], run["seed"]): run["test_error"] for run in runs}
    seeds = sorted({run["seed"] for run in runs})
    return mean_interval([error[*one, seed] - error[*other, seed] for seed in seeds])._asdict()


def in_one_line(rows: Sequence[dict[str, Any]], behind: Mapping[str, Mapping[int, Mapping[str, float]]]) -> str:
    """Say how far the first local rule is behind, with two and with three levels."""
    errors = {rule: [row["test_error"]["mean"] for row in rows if row["rule"] == rule] for rule in behind}
    parts = [f"{NAMES[rule]} {' and '.join(f'{error:.1f}' for error in found)} %" for rule, found in errors.items()]
    first = next(rule for rule in behind if rule != "backprop")
    points = " and ".join(f"{gap['mean']:.1f}" for gap in behind[first].values())
    return (
        f"test error with two and three levels: {'; '.join(parts)}; so {NAMES[first]} is {points} points behind "
        f"({len(rows[0]['seeds'])} seeds, {rows[0]['items']:,} test images)"
    )


def draw(found: dict[str, Any]) -> Figure:
    """Draw test error against the number of levels, with its interval, and every level of Forward-Forward alone."""
    figure = new_figure(7.2, 3.4)
    axes = figure.subplots()
    for k, (rule, name) in enumerate(NAMES.items()):
        rows, look = [row for row in found["rows"] if row["rule"] == rule], stroke(k)
        if not rows:
            continue
        means = np.array([row["test_error"]["mean"] for row in rows])
        around = np.abs(np.array([row["interval"] for row in rows]).T - means)
        places = np.array([row["levels"] for row in rows]) + 0.02 * k
        axes.errorbar(places, means, around, color=look.colour, marker=look.marker, capsize=3, label=name)
    one_pass = [row for row in found["rows"] if "one_pass_error" in row][: len(LEVELS)]
    if one_pass:
        look, label = stroke(len(NAMES)), f"{NAMES[one_pass[0]['rule']]}, one pass"
        ones = [row["one_pass_error"]["mean"] for row in one_pass]
        axes.plot(list(LEVELS), ones, color=look.colour, marker=look.marker, linestyle="--", label=label)
    axes.set_xticks(list(LEVELS))
    axes.set_xlim(1.7, 3.3)
    axes.set_xlabel("levels")
    axes.set_ylabel("test error [%]")
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    axes.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    plain_axes(axes, "CIFAR-10, local receptive fields")
    return figure


def main() -> None:
    """Measure, write, draw."""
    parser = runs_options("Forward-Forward and backpropagation with local receptive fields.", None, SEEDS)
    parser.add_argument("--data", type=Path, help="folder of CIFAR-10; default: the variable BRAINLEARN_DATA")
    parser.add_argument("--epochs", type=int, help="default: those of the experiment file")
    parser.add_argument("--all-images", action="store_true", help="learn from all images, in result/all_images")
    asked = parser.parse_args()
    experiment, rules = (ALL_IMAGES, WITH_ALL_IMAGES) if asked.all_images else (EXPERIMENT, WITH_FEW_IMAGES)
    asked.output = asked.output or HERE / "result" / ("all_images" if asked.all_images else "")
    wanted = asked_runs(asked.seeds, asked.epochs, rules)

    def measured(each: Mapping[str, Any]) -> dict[str, Any]:
        return measure(each, experiment, asked.data)

    def found(runs: list[dict[str, Any]]) -> dict[str, Any]:
        return summary(of_these(runs, wanted))

    record_runs(
        asked, lambda store: measure_missing(wanted, store, measured, said), found, lambda runs: draw(found(runs))
    )


if __name__ == "__main__":
    main()
