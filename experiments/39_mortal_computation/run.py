"""Weights fit the device on which they were learned: copied to another one, learned again there, and distilled.

Every unit of an area has a gain and an offset of its own, drawn with the device; `mismatch` says how much they differ.
A teacher learns on one device. On another one, several ways to continue are compared::

    python experiments/39_mortal_computation/run.py

It writes ``runs.json``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file (``--output`` writes
elsewhere): started again, it continues from there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from device import RULES, Device, learned, soft_targets, test_error, test_error_of_pupil, weights_of
from matplotlib.figure import Figure

from brainlearn.lab import mean_interval, measure_missing, new_figure, plain_axes, record_runs, runs_options, stroke

HERE = Path(__file__).resolve().parent
MISMATCHES = (0.0, 0.4)
SEEDS = (1, 2, 3, 4, 5)
ANOTHER = 1000  # added to the seed of the teacher's device
TARGETED = ("predictive_coding", "temporal_difference")  # rules with outputs that can be taught softly
WAYS = {
    "own": "teacher, own device",
    "copied": "weights copied",
    "retrained": "copied, a third of the training more",
    "distilled": "taught by the teacher's outputs",
    "fresh": "taught by labels",
}


def measure(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Train a teacher on one device, and measure what its weights and its outputs are worth on another one."""
    rule, mismatch, seed = asked["rule"], asked["mismatch"], asked["seed"]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        teacher = learned(Device(rule, mismatch, seed, Path(one)).course())
        there = Device(rule, mismatch, seed + ANOTHER, Path(other))
        found = {"own": test_error(teacher)}
        weights = weights_of(teacher)
        found["copied"] = test_error(there.course(weights))
        if rule in TARGETED and mismatch > 0:
            found["retrained"] = test_error(learned(there.course(weights, share=1 / 3)))
            found["fresh"] = test_error(learned(there.course()))
            soft, labels = soft_targets(teacher), teacher.dataset.test_labels
            found["distilled"] = test_error_of_pupil(learned(there.course(taught=soft)), labels)
            found["recovered"] = 100 * (100 - found["distilled"]) / (100 - found["own"])
    return found


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    errors = ", ".join(f"{way} {run[way]:.1f}" for way in WAYS if way in run)
    return f"{run['rule']}, mismatch {run['mismatch']}, seed {run['seed']}: {errors}"


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return mean and 95 % interval of every error [percent], and a sentence."""
    cells: dict[str, Any] = {}
    for run in runs:
        for way in (*WAYS, "recovered"):
            if way in run:
                cells.setdefault(f"{run['rule']}, {run['mismatch']:g}, {way}", []).append(run[way])
    means = {name: list(mean_interval(values)) for name, values in cells.items()}
    most = MISMATCHES[-1]
    parts = [
        f"{rule}: own {means[f'{rule}, {most:g}, own'][0]:.1f} %, copied {means[f'{rule}, {most:g}, copied'][0]:.1f} %"
        + (
            f", the pupil recovers {means[f'{rule}, {most:g}, recovered'][0]:.1f} % of the teacher"
            if rule in TARGETED
            else ""
        )
        for rule in RULES
    ]
    return {
        "experiment": HERE.name,
        "found": f"test error at a mismatch of {most:g}: {'; '.join(parts)}",
        "means": means,
    }


def draw(runs: list[dict[str, Any]]) -> Figure:
    """Draw the error of each way against the mismatch, one panel for each rule; dots are seeds."""
    figure = new_figure(9.5, 3.4)
    for axes, rule in zip(figure.subplots(1, len(RULES), sharey=True), RULES, strict=True):
        for index, (way, words) in enumerate(WAYS.items()):
            points = [(run["mismatch"], run[way]) for run in runs if run["rule"] == rule and way in run]
            if not points:
                continue
            line, x = stroke(index), sorted({place for place, _ in points})
            means = [np.mean([error for place, error in points if place == each]) for each in x]
            axes.plot(*zip(*points, strict=True), line.marker, color=line.colour, markersize=3, alpha=0.5)
            axes.plot(x, means, color=line.colour, marker=line.marker, markersize=5, label=words)
        plain_axes(axes, rule.replace("_", " "))
        axes.set_xlabel("mismatch of gains and offsets")
        axes.set_xticks(MISMATCHES)
    figure.axes[0].set_ylabel("test error [%]")
    figure.axes[0].set_ylim(0, 95)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return figure


def main() -> None:
    """Measure what is not there yet, and write all files."""
    parser = runs_options(str(__doc__), HERE / "result", SEEDS)
    parser.add_argument("--rules", nargs="+", choices=list(RULES), default=list(RULES))
    options = parser.parse_args()
    asked = [
        {"rule": rule, "mismatch": mismatch, "seed": seed}
        for seed in options.seeds
        for rule in options.rules
        for mismatch in MISMATCHES
    ]
    record_runs(options, lambda store: measure_missing(asked, store, measure, said), summary, draw)


if __name__ == "__main__":
    main()
