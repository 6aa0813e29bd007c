"""Half of the labels wrong, for five local rules and backpropagation: ``python experiments/40_label_noise/run.py``.

It writes ``runs.json``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file (``--output`` writes
elsewhere). A run that is in ``runs.json`` is not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from learning import BACKPROP, CIRCUITS, HERE, MNIST, RULE, learn
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainlearn.lab import mean_interval, measure_missing, new_figure, plain_axes, record_runs, runs_options, stroke

SEEDS, SEEDS_OF_MNIST = (2, 3, 4, 5, 6), (2, 3, 4)
HALF, RIGHT = 0.5, 0.0
LEARNERS = dict.fromkeys(CIRCUITS, (RULE, BACKPROP)) | {MNIST: (BACKPROP,)}
TEACHER, CLAIMED = 50.0, 5.0  # percent
WORDS = {
    "forward_forward": "Forward-Forward",
    "temporal_difference": "temporal differences",
    "predictive_coding": "predictive coding",
    "target_propagation": "target propagation",
    "e_prop": "e-prop",
    MNIST: "MNIST",
}


def main() -> None:
    """Measure what is not there yet, and write all files."""
    parser = runs_options("How well is learned from labels of which half are wrong?", HERE / "result")
    parser.add_argument("--data", type=Path, help="folder of MNIST; default: BRAINLEARN_DATA")
    parser.add_argument("--circuits", nargs="+", choices=list(LEARNERS), default=list(LEARNERS))
    options = parser.parse_args()
    asked = [run for share in (HALF, RIGHT) for circuit in options.circuits for run in runs_of(circuit, share)]
    record_runs(
        options,
        lambda store: measure_missing(asked, store, lambda run: learn(run, options.data), said),
        summary,
        draw,
    )


def runs_of(circuit: str, share: float) -> list[dict[str, Any]]:
    """Return what names each run of a circuit with a share of wrong labels."""
    return [
        {"circuit": circuit, "learner": learner, "wrong_labels": share, "seed": seed}
        for seed in (SEEDS_OF_MNIST if circuit == MNIST else SEEDS)
        for learner in LEARNERS[circuit]
    ]


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    name = f"{run['circuit']}, {run['learner']}, seed {run['seed']}, wrong labels {run['wrong_labels']:g}"
    return f"{name}: test error {run['test_error_percent']:.2f} %"


def errors(runs: list[dict[str, Any]], circuit: str, learner: str, share: float) -> dict[int, float]:
    """Return the test error of every seed [percent]."""
    wanted = {"circuit": circuit, "learner": learner, "wrong_labels": share}
    return {run["seed"]: run["test_error_percent"] for run in runs if wanted.items() <= run.items()}


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return means with 95 % intervals [percent, points], and a sentence."""
    means, behind, cost = {}, {}, {}
    for circuit, learners in LEARNERS.items():
        for learner in learners:
            half, right = (errors(runs, circuit, learner, share) for share in (HALF, RIGHT))
            means[f"{circuit}, {learner}, half wrong"] = rounded(list(half.values()))
            means[f"{circuit}, {learner}, right"] = rounded(list(right.values()))
            cost[f"{circuit}, {learner}"] = rounded([half[seed] - right[seed] for seed in half])
        if RULE in learners:
            rule, backprop = (errors(runs, circuit, learner, HALF) for learner in (RULE, BACKPROP))
            behind[circuit] = rounded([rule[seed] - backprop[seed] for seed in rule])
    told = "; ".join(
        f"{WORDS[circuit]} {means[f'{circuit}, {RULE}, half wrong'][0]:.1f} % "
        f"(backpropagation {means[f'{circuit}, {BACKPROP}, half wrong'][0]:.1f} %)"
        for circuit in CIRCUITS
    )
    mean, low, high = means[f"{MNIST}, {BACKPROP}, half wrong"]
    return {
        "experiment": HERE.name,
        "found": f"test errors with half of the labels wrong: MNIST, backpropagation {mean:.2f} % ({low:.2f} to "
        f"{high:.2f}); digits: {told}",
        "test_error_percent": means,
        "rule_above_backprop_points": behind,
        "half_wrong_above_right_points": cost,
    }


def rounded(values: list[float]) -> list[float]:
    """Return mean and 95 % interval."""
    return [round(float(each), 3) for each in mean_interval(values)]


def draw(runs: list[dict[str, Any]]) -> Figure:
    """Draw the errors of every seed, and their means, of each circuit and learner, with wrong labels and right ones."""
    figure = new_figure(8.5, 3.8)
    axes = figure.subplots()
    for place, (circuit, learners) in enumerate(LEARNERS.items()):
        for learner in learners:
            for share in (HALF, RIGHT):
                draw_one(axes, place, learner, share, list(errors(runs, circuit, learner, share).values()))
    for limit, words in ((TEACHER, "the teacher"), (CLAIMED, "claimed for MNIST")):
        axes.axhline(limit, color="0.6", linewidth=0.8, linestyle=":")
        axes.text(len(LEARNERS) - 0.45, limit * 1.03, words, ha="right", va="bottom", fontsize="x-small", color="0.4")
    axes.set_yscale("log")
    axes.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    axes.minorticks_off()
    axes.set_ylim(1, 75)
    axes.set_xticks(range(len(LEARNERS)), [WORDS[name].replace(" ", "\n", 1) for name in LEARNERS])
    axes.set_ylabel("test error [%]")
    plain_axes(axes, "Half of the training labels wrong (filled), and right ones (open)")
    for k, words in enumerate(("local rule", "backpropagation in the same circuit")):
        axes.plot([], [], linestyle="none", marker=stroke(k).marker, color=stroke(k).colour, label=words)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small", frameon=False)
    return figure


def draw_one(axes: Axes, place: int, learner: str, share: float, values: list[float]) -> None:
    """Draw the seeds of one learner as dots, and their mean as a line."""
    look, x = stroke(0 if learner == RULE else 1), place + (-0.18 if learner == RULE else 0.18)
    filled = look.colour if share else "none"
    axes.plot([x] * len(values), values, look.marker, color=look.colour, markerfacecolor=filled, markersize=4)
    axes.plot([x - 0.12, x + 0.12], [np.mean(values)] * 2, color=look.colour, linewidth=1.2)


if __name__ == "__main__":
    main()
