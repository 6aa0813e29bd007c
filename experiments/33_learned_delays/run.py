"""Delays that learn: ``python experiments/33_learned_delays/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import learning
import numpy as np
from figure import WORDS, draw
from xarray import DataArray, Dataset

from brainlearn.lab import labelled_dataset, mean_interval, record_script, script_options

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)
DELAYS = {"fixed": False, "learned": True}
AXES = {
    "seed": ("1", "seed of manifolds, weights, delays and the order of items"),
    "way": ("1", "which gradient teaches"),
    "delays": ("1", "whether delays learn, or stay as they were drawn"),
    "epoch": ("1", "epochs done"),
}
MEASURES = {
    "test_error": (
        ("seed", "way", "delays"),
        "percent",
        "test items that Brian2 takes for another class, delays rounded",
    ),
    "exact_error": (("seed", "way", "delays"), "percent", "test items that what learned takes for another class"),
    "validation_error": (("seed", "way", "delays", "epoch"), "percent", "validation items taken for another class"),
    "moved": (("seed", "way", "delays"), "ms", "mean distance of delays from where they began"),
}


def main() -> None:
    """Learn, test, write, draw."""
    options = script_options("Do delays that learn help?", HERE / "result", SEEDS)
    options.add_argument("--epochs", type=int, default=learning.EPOCHS, help="of every way (default %(default)s)")
    asked = options.parse_args()
    record_script(asked, lambda: run(asked), summary, draw)


def run(asked: argparse.Namespace) -> Dataset:
    """Learn with every seed in every way, with fixed and with learned delays."""
    shape, began = (len(asked.seeds), len(learning.WAYS), len(DELAYS)), time.perf_counter()
    values = {
        name: np.zeros((*shape, asked.epochs) if "epoch" in dims else shape) for name, (dims, *_) in MEASURES.items()
    }
    for place in np.ndindex(shape):
        seed, way, delays = asked.seeds[place[0]], list(learning.WAYS)[place[1]], list(DELAYS)[place[2]]
        data = learning.load(seed)
        found = learning.learn(way, DELAYS[delays], seed, data, asked.epochs)
        for name in MEASURES:
            values[name][place] = getattr(found, name)
        minutes = (time.perf_counter() - began) / 60
        print(f"seed {seed}, {way}, {delays} delays: {found.test_error:.1f} % ({minutes:.1f} min)", flush=True)
    names: dict[str, list[Any]] = {
        "seed": asked.seeds,
        "way": list(learning.WAYS),
        "delays": list(DELAYS),
        "epoch": list(range(1, asked.epochs + 1)),
    }
    return labelled_dataset(HERE.name, AXES, names, MEASURES, values)


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    error = data["test_error"]
    gained = error.sel(delays="fixed") - error.sel(delays="learned")  # paired by seed
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data, gained),
        "seeds": data["seed"].values.tolist(),
        "chance_percent": 90.0,
        "test_errors_percent": over_seeds(error, "way", "delays"),
        "gained_by_learned_delays_points": over_seeds(gained, "way"),
        "delays_moved_ms": over_seeds(data["moved"].sel(delays="learned"), "way"),
        "added_by_whole_steps_in_brian_points": over_seeds(error - data["exact_error"], "way", "delays"),
    }


def in_one_line(data: Dataset, gained: DataArray) -> str:
    """Say what was found."""
    parts = []
    for way in data["way"].values:
        fixed, learned = (float(data["test_error"].sel(way=way, delays=name).mean()) for name in DELAYS)
        mean, low, high = mean_interval(gained.sel(way=way).values)
        parts.append(
            f"by {WORDS[str(way)]} test error is {learned:.1f} % with learned delays and {fixed:.1f} % with "
            f"fixed ones, {mean:.1f} points less (95 % interval {low:.1f} to {high:.1f})"
        )
    return "; ".join(parts)


def over_seeds(values: DataArray, *names: str) -> Any:
    """Return means and intervals, in tables by the coordinates `names`."""
    if not names:
        return [round(float(each), 3) for each in mean_interval(values.values)]
    return {str(each): over_seeds(values.sel({names[0]: each}), *names[1:]) for each in values[names[0]].values}


if __name__ == "__main__":
    main()
