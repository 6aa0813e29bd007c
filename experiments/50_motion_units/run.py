"""Errors as changes of activity, while what is seen moves: ``python experiments/50_motion_units/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from films import CONDITIONS, films
from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn import load_experiment, run
from brainlearn.lab import (
    mean_interval,
    new_figure,
    plain_axes,
    record_script,
    script_options,
    stroke,
)

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)


def main() -> None:
    """Learn, test, write, draw."""
    options = script_options("Does motion break learning?", HERE / "result", SEEDS)
    options.add_argument("--epochs", type=int, default=25)
    asked = options.parse_args()
    record_script(asked, lambda: run_all(asked.seeds, asked.epochs), summary, draw)


def run_all(seeds: list[int], epochs: int) -> Dataset:
    """Learn with every seed in every condition."""
    return labelled(seeds, np.array([[error(name, seed, epochs) for name in CONDITIONS] for seed in seeds]))


def error(condition: str, seed: int, epochs: int) -> float:
    """Return the test error of a circuit that has learned from films [percent]."""
    changes = {"seed": seed, "training.epochs": epochs, "readout.validate_every": epochs}
    tree = run(load_experiment(HERE / "experiment.toml", changes), dataset=films(condition, seed))
    test = tree["test"].to_dataset()
    wrong = 100 * float((test["prediction"] != test["true_label"]).mean())
    print(f"seed {seed}, {condition}: {wrong:.1f} %", flush=True)
    return wrong


def labelled(seeds: list[int], errors: np.ndarray) -> Dataset:
    """Put names and units on errors, (seed, condition)."""
    about = {"units": "percent", "long_name": "test error"}
    coordinates = {
        "seed": ("seed", seeds, {"units": "1", "long_name": "seed of all random numbers"}),
        "condition": ("condition", list(CONDITIONS), {"units": "1", "long_name": "what moves, and what tells it"}),
    }
    return Dataset({"test_error": (("seed", "condition"), errors, about)}, coordinates, {"experiment": HERE.name})


def summary(data: Dataset) -> dict[str, Any]:
    """Return mean test errors, each with its 95 % interval over the seeds."""
    found = {
        str(name): [round(float(each), 2) for each in mean_interval(data["test_error"].sel(condition=name).values)]
        for name in data["condition"].values
    }
    told = ", ".join(f"{name} {mean:.1f} %" for name, (mean, *_) in found.items())
    return {
        "experiment": HERE.name,
        "found": f"test errors: {told}",
        "seeds": data["seed"].values.tolist(),
        "test_error_percent": found,
    }


def draw(data: Dataset) -> Figure:
    """Draw the errors of every seed, and their means."""
    figure = new_figure(6.0, 3.6)
    axes, errors = figure.subplots(), data["test_error"]
    for k, name in enumerate(data["condition"].values):
        values = errors.sel(condition=name).values
        axes.plot(np.full(len(values), k), values, linestyle="none", marker=stroke(k).marker, color=stroke(k).colour)
        axes.plot([k - 0.25, k + 0.25], [values.mean()] * 2, color=stroke(k).colour)
    axes.axhline(90, color="0.6", linewidth=0.8)
    axes.text(0.5, 88, "chance", ha="center", va="top", fontsize="small", color="0.4")
    axes.set_xticks(range(len(CONDITIONS)), ["still", "places", "places\nand motion", "still places\nand motion"])
    axes.set_ylabel("test error [%]")
    axes.set_ylim(0, 100)
    plain_axes(axes, "Errors as changes of activity")
    return figure


if __name__ == "__main__":
    main()
