"""Family trees: ``python experiments/38_family_trees/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import learning
import numpy as np
from figure import WORDS, draw
from xarray import DataArray, Dataset

from brainlearn.lab import labelled_dataset, mean_interval, record_script, script_options

HERE = Path(__file__).resolve().parent
SEEDS = tuple(range(1, 41))
SEVEN_OF_EIGHT = 87.5
AXES = {
    "seed": ("1", "seed of the four facts that are held out, and of weights"),
    "way": ("1", "how the circuit learns"),
}
MEASURES = {
    "learned": (("seed", "way"), "percent", "facts answered rightly of the 100 that were learned"),
    "held_out": (("seed", "way"), "percent", "facts answered rightly of the four that were held out"),
}


def main() -> None:
    """Learn, answer, write, draw."""
    options = script_options("Who answers what was not learned?", HERE / "result", SEEDS)
    asked = options.parse_args()
    record_script(asked, lambda: run(asked.seeds), summary, draw)


def run(seeds: list[int]) -> Dataset:
    """Learn with every seed in every way."""
    values = {name: np.zeros((len(seeds), len(learning.WAYS))) for name in MEASURES}
    for row, seed in enumerate(seeds):
        for column, way in enumerate(learning.WAYS):
            found = learning.learn(way, seed)
            for name in MEASURES:
                values[name][row, column] = getattr(found, name)
        print(f"seed {seed}: {dict(zip(learning.WAYS, values['held_out'][row].tolist(), strict=True))}", flush=True)
    names: dict[str, list[Any]] = {"seed": seeds, "way": list(learning.WAYS)}
    return labelled_dataset(HERE.name, AXES, names, MEASURES, values)


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the splits."""
    held_out = data["held_out"]
    best = held_out.sel(way="backprop_sentences")
    others = [str(way) for way in data["way"].values if way != "backprop_sentences"]
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "seven_of_eight_percent": SEVEN_OF_EIGHT,
        "held_out_percent": by_way(held_out),
        "learned_percent": by_way(data["learned"]),
        "backprop_of_sentences_less_others_points": {
            way: rounded((best - held_out.sel(way=way)).values) for way in others
        },
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    found = by_way(data["held_out"])
    said = (f"{WORDS[way]} {mean:.1f} % ({low:.1f} to {high:.1f})" for way, (mean, low, high) in found.items())
    return f"held-out facts answered rightly, over {data.sizes['seed']} splits: {'; '.join(said)}"


def by_way(values: DataArray) -> dict[str, list[float]]:
    """Return the mean and the interval over the splits of every way to learn."""
    return {str(way): rounded(values.sel(way=way).values) for way in values["way"].values}


def rounded(values: np.ndarray) -> list[float]:
    """Return the mean over the splits with its interval."""
    return [round(float(each), 2) for each in mean_interval(values)]


if __name__ == "__main__":
    main()
