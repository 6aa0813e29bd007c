"""Priming: ``python experiments/37_priming/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import priming
from figure import draw
from xarray import DataArray, Dataset

from brainlearn.lab import labelled_dataset, mean_interval, record_script, script_options

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)
AXES = {
    "seed": ("1", "seed of weights, noise, and which other words prime"),
    "fast": ("1", "without or with fast weights"),
    "prime": ("1", "what was heard before: nothing, the same word, or another one"),
    "noise": ("1", "standard deviation of the noise; a letter is 1"),
    "delay": ("ms", "from the prime to the word"),
}
MEASURES = {
    "recognised": (("seed", "fast", "prime", "noise"), "percent", "words recognised 20 ms after the prime"),
    "after": (("seed", "prime", "delay"), "percent", "words recognised in noise of 0.9, with fast weights"),
}


def main() -> None:
    """Learn, prime, test, write, draw."""
    options = script_options("Do fast weights prime words in noise?", HERE / "result", SEEDS)
    asked = options.parse_args()
    record_script(asked, lambda: run(asked.seeds), summary, draw)


def run(seeds: list[int]) -> Dataset:
    """Learn and test with every seed."""
    found = []
    for seed in seeds:
        found.append(priming.recognised(seed))
        print(f"seed {seed}: {found[-1]['recognised'][1].round(1).tolist()}", flush=True)
    values = {name: np.stack([each[name] for each in found]) for name in MEASURES}
    names: dict[str, Any] = {
        "seed": seeds,
        "fast": ["without", "with"],
        "prime": list(priming.PRIMES),
        "noise": list(priming.NOISE),
        "delay": list(priming.DELAYS),
    }
    return labelled_dataset(HERE.name, AXES, names, MEASURES, values)


def gains(values: DataArray) -> dict[str, DataArray]:
    """Return what a prime adds to no prime, by what it was [points]."""
    return {prime: values.sel(prime=prime) - values.sel(prime="none") for prime in ("same", "other")}


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    primed = gains(data["recognised"])
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "recognised_percent": over_seeds(data["recognised"], "fast", "prime", "noise"),
        "gain_points": {prime: over_seeds(each, "fast", "noise") for prime, each in primed.items()},
        "gain_after_delay_points": {prime: over_seeds(each, "delay") for prime, each in gains(data["after"]).items()},
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    primed = gains(data["recognised"].sel(noise=0.9))
    parts = []
    for prime, words in (("same", "the same word"), ("other", "another word")):
        mean, low, high = mean_interval(primed[prime].sel(fast="with").values)
        parts.append(f"a prime by {words} adds {mean:.1f} points (95 % interval {low:.1f} to {high:.1f})")
    unprimed = float(data["recognised"].sel(noise=0.9, fast="with", prime="none").mean())
    without = float(abs(primed["same"].sel(fast="without")).max())
    return (
        f"in noise in which {unprimed:.1f} % of the words are recognised, {' and '.join(parts)}; without fast weights "
        f"a prime changes at most {without:.1f} points"
    )


def over_seeds(values: DataArray, *names: str) -> Any:
    """Return means and intervals, in tables by the coordinates `names`."""
    if not names:
        return [round(float(each), 2) for each in mean_interval(values.values)]
    return {str(each): over_seeds(values.sel({names[0]: each}), *names[1:]) for each in values[names[0]].values}


if __name__ == "__main__":
    main()
