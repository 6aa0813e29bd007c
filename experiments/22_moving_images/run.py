"""Digits that move: ``python experiments/22_moving_images/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import motion
import numpy as np
from figure import draw
from xarray import DataArray, Dataset

from brainlearn.lab import (
    by_seed,
    labelled_dataset,
    mean_interval,
    record_script,
    script_options,
)

HERE = Path(__file__).resolve().parent
SEEDS = (2, 3, 4, 5, 6)
SENSES = {"loud": 1, "quiet": -1}
LASTS = tuple(range(2, motion.FRAMES + 1))
CUTS = {"nothing": (), "lateral": motion.LATERAL, "top_down": motion.TOP_DOWN, "both": motion.LATERAL + motion.TOP_DOWN}
ENDS = ("straight on", *(f"{45 * k} degrees" for k in range(1, 8)), "other digit")

AXES = {
    "seed": ("1", "seed of all random numbers"),
    "sense": ("1", "how V1 is to be when the motion continues"),
    "frame": ("1", "number of the frame that is to be told from false ones"),
    "cut": ("1", "projections whose weights are set to 0 after learning"),
    "end": ("1", "what the last frame shows"),
}
MEASURES = {
    "chosen": (
        ("seed", "sense", "cut", "frame"),
        "percent",
        "films of which the right next frame is chosen from eight directions",
    ),
    "loudness": (
        ("seed", "sense", "end"),
        "1",
        "mean square activity of V1 in the last of all frames, by what it shows",
    ),
    "told": (("seed", "sense", "end"), "percent", "films in which the right last frame is told from this false one"),
}


def main() -> None:
    """Learn, test, write, draw."""
    asked = parsed()
    record_script(asked, lambda: run(asked), summary, draw)


def run(asked: argparse.Namespace) -> Dataset:
    """Measure with every seed."""
    measured = by_seed(asked.seeds, lambda seed: measure(seed, asked.epochs, asked.items))
    return labelled(asked.seeds, measured)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = script_options("Which frame comes next?", HERE / "result", SEEDS)
    parser.add_argument("--epochs", type=int, default=20, help="films of every digit (default %(default)s)")
    parser.add_argument("--items", type=int, default=200, help="films of test digits (default %(default)s)")
    return parser.parse_args()


def measure(seed: int, epochs: int, items: int) -> dict[str, np.ndarray]:
    """Return all `MEASURES` of one seed, without the dimension of the seed."""
    found: dict[str, list[Any]] = {name: [] for name in MEASURES}
    for sense in SENSES.values():
        wiring = motion.learn(sense, seed, epochs)
        chosen = []
        for projections in CUTS.values():
            loud = [motion.loudness(motion.without(wiring, projections), frame, seed, items) for frame in LASTS]
            chosen.append([motion.chosen_right(each, sense) for each in loud])
            if not projections:
                found["loudness"].append(loud[-1].mean(0))
                found["told"].append(100 * (sense * loud[-1] < sense * loud[-1][:, :1]).mean(0))
        found["chosen"].append(chosen)
    return {name: np.array(values) for name, values in found.items()}


def labelled(seeds: list[int], measured: list[dict[str, np.ndarray]]) -> Dataset:
    """Put names and units on everything."""
    values: dict[str, list[Any]] = {
        "seed": seeds,
        "sense": list(SENSES),
        "frame": list(LASTS),
        "cut": list(CUTS),
        "end": list(ENDS),
    }
    found = {name: np.array([each[name] for each in measured]) for name in MEASURES}
    return labelled_dataset(HERE.name, AXES, values, MEASURES, found)


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "chance_percent": 12.5,
        "chosen_percent": over_seeds(data["chosen"], "sense", "cut", "frame"),
        "told_from_percent": over_seeds(data["told"].sel(end=list(ENDS[1:])), "sense", "end"),
        "loudness": over_seeds(data["loudness"], "sense", "end"),
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    mean = data.mean("seed")
    chosen, loud = mean["chosen"].isel(frame=-1), mean["loudness"].sel(sense="quiet")
    right = {sense: float(chosen.sel(sense=sense, cut="nothing")) for sense in SENSES}
    cut = {name: float(chosen.sel(sense="quiet", cut=name)) for name in CUTS}
    calm, stirred = (float(loud.sel(end=end)) for end in ("straight on", "180 degrees"))
    return (
        f"the right next frame is chosen from eight directions in {right['quiet']:.0f} % of films by the quiet circuit "
        f"and in {right['loud']:.0f} % by the loud one (chance: 12.5 %); quiet, with lateral projections cut in "
        f"{cut['lateral']:.0f} %, top-down ones in {cut['top_down']:.0f} %, both in {cut['both']:.0f} %; its activity "
        f"rises from {calm:.2f} to {stirred:.2f} as a motion turns back"
    )


def over_seeds(values: DataArray, *names: str) -> Any:
    """Return means and intervals, in tables by the coordinates `names`."""
    if not names:
        return [round(float(each), 3) for each in mean_interval(values.values)]
    return {str(each): over_seeds(values.sel({names[0]: each}), *names[1:]) for each in values[names[0]].values}


if __name__ == "__main__":
    main()
