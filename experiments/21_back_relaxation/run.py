"""How far credit comes down: ``python experiments/21_back_relaxation/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import relaxation
from figure import draw
from xarray import DataArray, Dataset

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.lab import (
    by_seed,
    labelled_dataset,
    mean_interval,
    record_script,
    run_test,
    script_options,
)

HERE = Path(__file__).resolve().parent
SEEDS = (2, 3, 4, 5, 6)
STEPS = (1, 2, 4, 8)
REACHED = 0.01  # distance from which a level counts as reached

AXES = {
    "seed": ("1", "seed of all random numbers"),
    "weights": ("1", "as drawn, or after learning digits"),
    "step": ("1", "steps since the label changed"),
    "level": ("1", "level of the area; the label is above the fifth"),
    "steps": ("1", "steps of each presentation during which the label is there"),
    "renamed": ("1", "images that have another name in the second circuit: all, or one only"),
    "presentation": ("1", "presentations of the same images"),
    "top_down": ("1", "top-down projections between the areas"),
}
MEASURES = {
    "moved": (("seed", "weights", "step", "level"), "1", "distance between activities with the old and the new label"),
    "learned": (
        ("seed", "steps", "renamed", "presentation", "level"),
        "1",
        "distance between what synapses onto an area learned in two circuits that were told different names",
    ),
    "became": (
        ("seed", "steps", "renamed", "presentation", "level"),
        "1",
        "distance between what the two circuits then make of the images without a label",
    ),
    "gradient": (("seed", "level"), "1", "distance between the gradients of a loss at the top, for two names"),
    "gradient_norm": (("seed", "level"), "1", "norm of the gradient over that of the highest area"),
    "told": (("seed", "top_down", "level"), "percent", "test error of a linear readout of an area, without a label"),
    "error": (("seed", "top_down"), "percent", "test error, by every label's goodness"),
}


def main() -> None:
    """Measure, write, draw."""
    asked = parsed()
    record_script(asked, lambda: run(asked), summary, draw)


def run(asked: argparse.Namespace) -> Dataset:
    """Measure with every seed."""
    measured = by_seed(asked.seeds, lambda seed: measure(seed, asked.presentations, asked.items, asked.epochs))
    return labelled(asked.seeds, asked.presentations, measured)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = script_options("How far a change at the top of five areas comes down.", HERE / "result", SEEDS)
    parser.add_argument("--presentations", type=int, default=30, help="of the same images (default %(default)s)")
    parser.add_argument("--items", type=int, default=50, help="images (default %(default)s)")
    parser.add_argument("--epochs", type=int, help="over the digits; default: those of digits.toml")
    return parser.parse_args()


def measure(seed: int, presentations: int, items: int, epochs: int | None) -> dict[str, np.ndarray]:
    """Return all `MEASURES` of one seed, without the dimension of the seed."""
    courses = [relaxation.trained(seed, top_down, epochs) for top_down in (True, False)]
    drawn = wire(load_circuit(relaxation.CIRCUIT), seed)
    learned = relaxation.wiring_of(courses[0])
    twins = [
        [relaxation.repeated(seed, steps, presentations, items, renamed) for renamed in (items, 1)] for steps in STEPS
    ]
    gradient, norm = relaxation.gradients(seed, items)
    data = courses[0].dataset
    guesses = [run_test(course, data.test_images, data.test_labels).prediction for course in courses]
    return {
        "moved": np.array([relaxation.come_down(wiring, seed, items) for wiring in (drawn, learned)]),
        "became": np.array([[activity for activity, _ in pair] for pair in twins]),
        "learned": np.array([[changes for _, changes in pair] for pair in twins]),
        "gradient": gradient,
        "gradient_norm": norm,
        "told": np.array([relaxation.told_by_level(course) for course in courses]),
        "error": np.array([100 * np.mean(guess != data.test_labels) for guess in guesses]),
    }


def labelled(seeds: list[int], presentations: int, measured: list[dict[str, np.ndarray]]) -> Dataset:
    """Put names and units on everything."""
    values: dict[str, list[Any]] = {
        "seed": seeds,
        "weights": ["drawn", "learned"],
        "step": list(range(1, relaxation.AFTER + 1)),
        "level": list(range(1, 1 + len(relaxation.AREAS))),
        "steps": list(STEPS),
        "renamed": ["all", "one"],
        "presentation": list(range(1, presentations + 1)),
        "top_down": ["on", "never"],
    }
    found = {name: np.array([each[name] for each in measured]) for name in MEASURES}
    return labelled_dataset(HERE.name, AXES, values, MEASURES, found).assign_attrs(step_of_learning=relaxation.STEP)


def summary(data: Dataset) -> dict[str, Any]:
    """Return means over seeds, by level, and how many levels are reached."""
    every, last = data["presentation"].values, int(data["presentation"][-1])
    shown = [int(k) for k in (1, 2, 3, 4, 5, 10, 20, 30) if k <= last]
    learned = data["learned"].mean("seed")
    reached = (learned.sel(renamed="all") > 0).sum("level")
    clearly = (learned.sel(renamed="all") > REACHED).sum("level")
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "levels": data["level"].values.tolist(),
        "moved_by_step": {
            str(weights): {str(k): by_level(data["moved"].sel(weights=weights, step=k)) for k in (1, 2, 3, 4, 5, 16)}
            for weights in data["weights"].values
        },
        "learned": {
            str(renamed): {
                f"{steps} steps": {
                    str(k): by_level(data["learned"].sel(renamed=renamed, steps=steps, presentation=k)) for k in shown
                }
                for steps in data["steps"].values
            }
            for renamed in data["renamed"].values
        },
        "levels_reached": {
            f"{steps} steps": {
                "at all": reached.sel(steps=steps).values.tolist()[: min(10, len(every))],
                f"above {REACHED}": clearly.sel(steps=steps).values.tolist()[: min(10, len(every))],
            }
            for steps in data["steps"].values
        },
        "gradient": by_level(data["gradient"]),
        "gradient_norm": by_level(data["gradient_norm"]),
        "readout_error_percent": {str(each): by_level(data["told"].sel(top_down=each)) for each in ("on", "never")},
        "readout_error_percent_on_minus_never": [
            [
                round(float(end), 2)
                for end in mean_interval(
                    (data["told"].sel(top_down="on") - data["told"].sel(top_down="never")).sel(level=level).values
                )
            ]
            for level in data["level"].values
        ],
        "test_error_percent": {
            str(each): round(float(data["error"].sel(top_down=each).mean()), 2) for each in ("on", "never")
        },
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    mean, last = data.mean("seed"), int(data["presentation"][-1])
    first, longest = mean.sel(presentation=1, renamed="all"), int(data["steps"][-1])
    late = mean["learned"].sel(presentation=last, steps=longest, level=1)
    moved, told = mean["moved"].sel(weights="drawn", step=relaxation.AFTER), mean["told"].sel(level=1)
    return (
        f"in one presentation a new label comes down one level a step and changes A5 by {moved.sel(level=5):.2f}, A1 "
        f"by {moved.sel(level=1):.2f}; what synapses of A5 and A1 learn from {longest} steps of it depends on it "
        f"by {first['learned'].sel(level=5, steps=longest):.2f} and {first['learned'].sel(level=1, steps=longest):.3f} "
        f"(gradient: {mean['gradient'].sel(level=5):.2f} and {mean['gradient'].sel(level=1):.2f}), of A1 after {last} "
        f"presentations by {late.sel(renamed='all'):.2f}, most of it unstable ({late.sel(renamed='one'):.2f} from one "
        f"image); a readout of A1 errs in {told.sel(top_down='on'):.1f} %, without top-down in "
        f"{told.sel(top_down='never'):.1f} %"
    )


def by_level(values: DataArray) -> list[float]:
    """Return the mean over seeds for each level."""
    return [float(f"{float(each):.3g}") for each in values.mean("seed")]


if __name__ == "__main__":
    main()
