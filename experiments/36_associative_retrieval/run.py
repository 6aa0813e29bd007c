"""Associative retrieval: ``python experiments/36_associative_retrieval/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import retrieval
from figure import WORDS, draw
from xarray import DataArray, Dataset

from brainlearn import load_dataset as load_sequences
from brainlearn.lab import labelled_dataset, mean_interval, record_script, script_options

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)
AXES = {
    "seed": ("1", "seed of sequences, weights, and their order"),
    "arm": ("1", "which fast weights there are, and how many sequences are learned from at once"),
}
MEASURES = {
    "test_error": (("seed", "arm"), "percent", "test sequences that the circuit in Brian2 answers wrongly"),
    "validation_error": (("seed", "arm"), "percent", "validation sequences that the mirror answers wrongly"),
    "milliseconds": (("seed", "arm"), "ms", "processor time of learning per presentation"),
    "without_binding": (("seed",), "percent", "test error of naming the most frequent digit of the sequence"),
}


def main() -> None:
    """Learn, test, write, draw."""
    options = script_options("Do fast weights hold what slow ones cannot?", HERE / "result", SEEDS)
    asked = options.parse_args()
    record_script(asked, lambda: run(asked.seeds), summary, draw)


def run(seeds: list[int]) -> Dataset:
    """Learn with every seed in every arm."""
    shape = len(seeds), len(retrieval.ARMS)
    values = {name: np.zeros(shape if "arm" in dims else shape[:1]) for name, (dims, *_) in MEASURES.items()}
    for row, seed in enumerate(seeds):
        data = load_sequences("associative_retrieval", seed=seed)
        values["without_binding"][row] = retrieval.without_binding(data.test_images, data.test_labels)
        for column, (name, arm) in enumerate(retrieval.ARMS.items()):
            found = retrieval.learn(arm, seed)
            for measure in ("test_error", "validation_error", "milliseconds"):
                values[measure][row, column] = getattr(found, measure)
            print(f"seed {seed}, {WORDS[name]}: {found.test_error:.2f} %", flush=True)
    names: dict[str, list[Any]] = {"seed": seeds, "arm": list(retrieval.ARMS)}
    return labelled_dataset(HERE.name, AXES, names, MEASURES, values)


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    error = data["test_error"]
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "test_errors_percent": by_arm(error),
        "validation_errors_percent": by_arm(data["validation_error"]),
        "without_binding_percent": rounded(data["without_binding"].values),
        "less_without_than_with_fast_weights_points": rounded((error.sel(arm="none") - error.sel(arm="own")).values),
        "milliseconds_per_presentation": by_arm(data["milliseconds"]),
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    parts = [f"{WORDS[arm]} {said(values)}" for arm, values in by_arm(data["test_error"]).items()]
    chance = float(data["without_binding"].mean())
    return f"test errors: {'; '.join(parts)}; an answer without binding is wrong in {chance:.1f} %"


def said(interval: list[float]) -> str:
    """Return a mean with its interval."""
    return "{:.2f} % ({:.2f} to {:.2f})".format(*interval)


def by_arm(values: DataArray) -> dict[str, list[float]]:
    """Return the mean and the interval over the seeds of every arm."""
    return {str(arm): rounded(values.sel(arm=arm).values) for arm in values["arm"].values}


def rounded(values: np.ndarray) -> list[float]:
    """Return the mean over the seeds with its interval."""
    return [round(float(each), 3) for each in mean_interval(values)]


if __name__ == "__main__":
    main()
