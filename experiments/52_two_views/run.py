"""Real against false data, or two representations, on imperfect devices: ``python experiments/52_two_views/run.py``.

It chooses step sizes on validation items (``trials.json``, ``trials.nc``), learns on ten devices (``runs.json``), and
writes ``summary.json`` and ``figure.png`` into ``result/`` beside this file (``--output`` writes elsewhere): started
again, it continues from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from device import SCHEMES, Device, Kind
from matplotlib.figure import Figure
from pairs import items_of, items_of_search, measured, rounds_of_pairs
from xarray import Dataset

from brainlearn.lab import (
    mean_interval,
    measure_missing,
    new_figure,
    plain_axes,
    record_runs,
    runs_options,
    stroke,
    write_netcdf,
)

HERE = Path(__file__).resolve().parent
SEEDS, SEARCH_SEED = tuple(range(1, 11)), 77
MISMATCHES = (0.0, 0.4)
STEPS = (2e-3, 5e-3, 1e-2, 2e-2)
WIDTH, ROUNDS = 0.01, 480
FORWARD, TWO = SCHEMES
LEARNERS = {  # name: scheme, same quirks, same weights
    "real_or_false": (FORWARD, False, False),
    "two_representations": (TWO, False, False),
    "same_quirks": (TWO, True, False),
    "same_weights": (TWO, False, True),
}
SEARCHED = ("real_or_false", "two_representations", "same_weights")
WORDS = {
    "real_or_false": "real against false",
    "two_representations": "two representations",
    "same_quirks": "the same, equal quirks",
    "same_weights": "the same, common weights",
}
PANELS = {"label_error": "labels read wrongly [%]", "pair_error": "pairs judged wrongly [%]"}

Run = Mapping[str, Any]


# ---- what is measured ----------------------------------------------------------------------------------------------


def measure(asked: Run) -> dict[str, float]:
    """Learn on a device, or not at all, and return its errors on test items; in the search on validation items."""
    seed = asked["seed"]
    learned, tested = items_of_search() if seed == SEARCH_SEED else items_of(seed)
    scheme, same_quirks, same_weights = LEARNERS[asked["learner"]]
    device = Device(Kind(scheme, asked["mismatch"], same_quirks, same_weights), seed, asked["step"], WIDTH)
    if asked["rounds"]:
        device.learn(rounds_of_pairs(learned[0], np.random.default_rng([seed, 2])), asked["rounds"])
    return measured(device, learned, tested, seed)


def trials() -> list[dict[str, Any]]:
    """Return the trials by which the step size of every learner is chosen, with and without mismatch."""
    return [
        {"learner": learner, "mismatch": mismatch, "seed": SEARCH_SEED, "rounds": ROUNDS, "step": step}
        for mismatch in MISMATCHES
        for learner in SEARCHED
        for step in STEPS
    ]


def chosen(tried: Sequence[Run], learner: str, mismatch: float) -> float:
    """Return the step size with which a linear readout of validation items erred least."""
    name = learner if learner in SEARCHED else TWO
    fitting = [run for run in tried if run["learner"] == name and run["mismatch"] == mismatch]
    return min(fitting, key=lambda run: run["label_error"])["step"]


def points(seeds: Sequence[int], tried: Sequence[Run]) -> list[dict[str, Any]]:
    """Return what is learned on every device, and what is not: fresh weights are the control of learning."""
    kinds = [("real_or_false", 0.0), ("real_or_false", 0.4), ("two_representations", 0.0), ("two_representations", 0.4)]
    kinds += [("same_quirks", 0.4), ("same_weights", 0.0), ("same_weights", 0.4)]
    return [
        {"learner": learner, "mismatch": mismatch, "seed": seed, "rounds": rounds, "step": step}
        for seed in seeds
        for learner, mismatch in kinds
        for rounds in ((ROUNDS, 0) if learner in SCHEMES else (ROUNDS,))
        for step in [chosen(tried, learner, mismatch)]
    ]


def searched(tried: Sequence[Run]) -> Dataset:
    """Return the validation error of every trial, from which the evidence counts them."""
    error = {(run["learner"], run["mismatch"], run["step"]): run["label_error"] for run in tried}
    values = [[[error[a, b, c] for c in STEPS] for b in MISMATCHES] for a in SEARCHED]
    about = {"units": "percent", "long_name": "validation error of a linear readout"}
    labels = {"learner": list(SEARCHED), "mismatch": list(MISMATCHES), "step": list(STEPS)}
    return Dataset({"validation_error": (tuple(labels), values, about)}, labels)


def said(run: Run) -> str:
    """Return the line to print of a run."""
    how = f"{run['rounds']} rounds, step {run['step']:g}"
    what = f"{run['learner']}, mismatch {run['mismatch']}, seed {run['seed']}, {how}"
    return f"{what}: labels {run['label_error']:.1f} %, pairs {run['pair_error']:.1f} %"


# ---- what was found ------------------------------------------------------------------------------------------------


def errors(runs: Sequence[Run], measure: str, learner: str, mismatch: float, rounds: int = ROUNDS) -> np.ndarray:
    """Return a measure of a learner, by seed [percent]."""
    wanted = {"learner": learner, "mismatch": mismatch, "rounds": rounds}
    fitting = [run for run in runs if wanted.items() <= run.items()]
    return np.array([run[measure] for run in sorted(fitting, key=lambda run: run["seed"])])


def summary(runs: Sequence[Run], tried: Sequence[Run]) -> dict[str, Any]:
    """Return means and losses by mismatch with 95 % intervals [percent, points], and a sentence."""
    cells = sorted({(run["learner"], run["mismatch"], run["rounds"]) for run in runs})
    means = {
        f"{learner}, mismatch {mismatch:g}, {'learned' if rounds else 'fresh'}": {
            name: rounded(errors(runs, name, learner, mismatch, rounds)) for name in PANELS
        }
        for learner, mismatch, rounds in cells
    }
    lost = {
        name: {learner: errors(runs, name, learner, 0.4) - errors(runs, name, learner, 0.0) for learner in SEARCHED}
        for name in PANELS
    }
    own_less_same = {name: errors(runs, name, TWO, 0.4) - errors(runs, name, "same_quirks", 0.4) for name in PANELS}
    more = {name: {learner: each[learner] - each[FORWARD] for learner in SEARCHED[1:]} for name, each in lost.items()}
    found = "; ".join(f"{WORDS[learner]} {interval(lost['label_error'][learner])}" for learner in SEARCHED)
    return {
        "experiment": HERE.name,
        "found": f"points of label error that a mismatch of 0.4 costs: {found}",
        "means_percent": means,
        "lost_points": {name: {learner: rounded(v) for learner, v in each.items()} for name, each in lost.items()},
        "lost_more_than_real_or_false_points": {
            name: {learner: rounded(v) for learner, v in each.items()} for name, each in more.items()
        },
        "own_less_same_quirks_points": {name: rounded(each) for name, each in own_less_same.items()},
        "step_sizes": {f"{a}, mismatch {b:g}": chosen(tried, a, b) for a in SEARCHED for b in MISMATCHES},
    }


def rounded(values: np.ndarray) -> list[float]:
    """Return mean and 95 % interval."""
    return [round(float(each), 2) for each in mean_interval(values)]


def interval(values: np.ndarray) -> str:
    """Return mean and 95 % interval in words."""
    mean, low, high = mean_interval(values)
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def draw(runs: Sequence[Run]) -> Figure:
    """Draw both errors of every learner: small marks are devices, large ones means with their intervals."""
    figure = new_figure(9.5, 3.8)
    cells = [(FORWARD, 0.0), (FORWARD, 0.4), (TWO, 0.0), (TWO, 0.4), ("same_quirks", 0.4)]
    cells += [("same_weights", 0.0), ("same_weights", 0.4)]
    for axes, (name, label) in zip(figure.subplots(1, 2), PANELS.items(), strict=True):
        for place, (learner, mismatch) in enumerate(cells):
            line = stroke(list(LEARNERS).index(learner))
            found = errors(runs, name, learner, mismatch)
            axes.plot(np.full(len(found), place), found, line.marker, color=line.colour, markersize=3, alpha=0.4)
            mean, low, high = mean_interval(found)
            bars = [[mean - low], [high - mean]]
            axes.errorbar(place + 0.2, mean, bars, fmt=line.marker, color=line.colour, markersize=5, capsize=2)
            if learner in SCHEMES:
                fresh = errors(runs, name, learner, mismatch, 0).mean()
                axes.plot([place - 0.3, place + 0.3], [fresh, fresh], color="0.5", linewidth=1, linestyle=":")
        axes.set_xticks(range(len(cells)), [f"{mismatch:g}" for _, mismatch in cells])
        axes.set_xlabel("mismatch of gains and offsets")
        axes.set_ylabel(label)
        axes.set_ylim(0, None)
        plain_axes(axes, "a linear readout of labels" if name == "label_error" else "which pair is real")
    marks = [
        figure.axes[0].plot([], [], stroke(k).marker, color=stroke(k).colour, label=WORDS[learner])[0]
        for k, learner in enumerate(LEARNERS)
    ]
    marks += figure.axes[0].plot([], [], color="0.5", linewidth=1, linestyle=":", label="fresh weights")
    figure.legend(handles=marks, loc="outside lower center", ncols=5, fontsize="small")
    return figure


def main() -> None:
    """Measure what is not there yet, and write all files."""
    options = runs_options(__doc__ or "", HERE / "result", SEEDS)
    options.add_argument("--only-steps", action="store_true", help="choose step sizes, and stop")
    asked = options.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    store = asked.output / "trials.json"
    tried = json.loads(store.read_text()) if asked.again else measure_missing(trials(), store, measure, said)
    write_netcdf(searched(tried), asked.output / "trials.nc")
    if not asked.only_steps:
        wanted = points(asked.seeds, tried)
        record_runs(
            asked,
            lambda store: measure_missing(wanted, store, measure, said),
            lambda runs: summary(runs, tried),
            draw,
        )


if __name__ == "__main__":
    main()
