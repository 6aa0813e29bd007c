"""Negatives that a circuit makes itself: ``python experiments/23_self_made_negatives/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import guessing
import numpy as np
import text
from figure import draw
from guessing import Guesser, Schedule
from xarray import DataArray, Dataset

from brainlearn.lab import (
    mean_interval,
    record_script,
    script_options,
)

HERE = Path(__file__).resolve().parent
SEEDS = (2, 3, 4, 5, 6)
SCHEDULES = {
    "real": Schedule(own=False),
    "real_1": Schedule(own=False, separate=1),
    "real_10": Schedule(own=False, separate=10),
    "real_100": Schedule(own=False, separate=100),
    "own": Schedule(own=True),
    "own_1": Schedule(own=True, separate=1),
    "own_10": Schedule(own=True, separate=10),
    "own_100": Schedule(own=True, separate=100),
}
AXES = {
    "seed": ("1", "seed of all random numbers"),
    "schedule": (
        "1",
        "negatives follow on real text, or on what the circuit wrote; number: rounds of waking, then as many of sleep",
    ),
}
MEASURES = {
    "judged": ("percent", "test windows whose real character has the greatest goodness of all 30"),
    "guessed": ("percent", "test windows whose next character a softmax on both areas guesses"),
    "known": ("percent", "words written by the circuit that are in the text that it learned"),
}


def main() -> None:
    """Learn, test, write, draw."""
    asked = parsed()
    record_script(asked, lambda: run(asked), summary, draw)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = script_options("Next characters, with real and self-made negatives.", HERE / "result", SEEDS)
    parser.add_argument("--rounds", type=int, default=1200, help="with 100 positives each (default %(default)s)")
    parser.add_argument("--every", type=int, default=3, help="test on every so many windows (default %(default)s)")
    return parser.parse_args()


def run(asked: argparse.Namespace) -> Dataset:
    """Measure with every seed and schedule."""
    began, found = time.perf_counter(), np.zeros((len(MEASURES), len(asked.seeds), len(SCHEDULES)))
    items, samples = text.windows(test=True)[:: asked.every], []
    for i, seed in enumerate(asked.seeds):
        for j, (name, schedule) in enumerate(SCHEDULES.items()):
            guesser = Guesser(seed, schedule)
            guesser.learn(asked.rounds)
            written = guesser.written(items[:: max(len(items) // 100, 1), : text.WIDTH])
            found[:, i, j] = guesser.judged(items), guesser.guessed(items), text.known_words(written)
            samples.append(written[0])
            print(f"seed {seed}, {name}: {found[:, i, j].round(1)}, {time.perf_counter() - began:.0f} s", flush=True)
    return labelled(asked, found, samples, references(asked, items))


def references(asked: argparse.Namespace, items: np.ndarray) -> dict[str, float]:
    """Return what other ways to guess achieve on the same windows [percent]."""
    linear = [guessing.without_hidden_areas(seed, asked.rounds, items) for seed in asked.seeds]
    return {
        "most_frequent_guessed": guessing.most_frequent(items),
        "context_guessed": float(np.mean(linear)),
        "test_text_known": text.known_words(text.pieces(test=True)),
    }


def labelled(asked: argparse.Namespace, found: np.ndarray, samples: list[str], others: dict[str, float]) -> Dataset:
    """Put names and units on everything."""
    values: dict[str, list[Any]] = {"seed": asked.seeds, "schedule": list(SCHEDULES)}
    coordinates = {name: (name, values[name], {"units": u, "long_name": words}) for name, (u, words) in AXES.items()}
    variables: dict[str, Any] = {
        name: (("seed", "schedule"), each, {"units": units, "long_name": words})
        for each, (name, (units, words)) in zip(found, MEASURES.items(), strict=True)
    }
    written = np.array(samples, dtype=object).reshape(len(asked.seeds), -1)
    variables["written"] = (("seed", "schedule"), written, {"units": "1", "long_name": "100 characters it wrote"})
    return Dataset(variables, coordinates, {"experiment": HERE.name, **others})


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    mean = data[list(MEASURES)].mean("seed")
    shown = ("real", "own", "real_100", "own_100")
    judged, guessed = (
        " / ".join(f"{float(mean[m].sel(schedule=k)):.1f}" for k in shown) for m in ("judged", "guessed")
    )
    return {
        "experiment": data.attrs["experiment"],
        "found": (
            "negatives from real text / its own / real, 100 rounds awake and 100 asleep / its own, the same: next "
            f"character judged right in {judged} %, guessed by a softmax in {guessed} %"
        ),
        "seeds": data["seed"].values.tolist(),
        **{f"{name}_percent": by_schedule(data[name]) for name in MEASURES},
        **{f"{name}_percent": round(float(data.attrs[name]), 2) for name in data.attrs if name != "experiment"},
        "own_minus_real_percent": {
            name: interval(data[name].sel(schedule="own") - data[name].sel(schedule="real")) for name in MEASURES
        },
        "written": {str(name): str(data["written"].sel(schedule=name).values[0]) for name in data["schedule"].values},
    }


def by_schedule(values: DataArray) -> dict[str, list[float]]:
    """Return mean and interval of every schedule."""
    return {str(name): interval(values.sel(schedule=name)) for name in values["schedule"].values}


def interval(values: DataArray) -> list[float]:
    """Return the mean over seeds and its interval."""
    return [round(float(each), 2) for each in mean_interval(values.values)]


if __name__ == "__main__":
    main()
