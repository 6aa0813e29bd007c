"""A Boltzmann machine beside Forward-Forward and backpropagation: ``python experiments/44_boltzmann/run.py``.

It writes ``seeds.json`` and ``summary.json`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from brainlearn import load_experiment, load_result, run
from brainlearn.lab import mean_interval, write_json

HERE = Path(__file__).resolve().parent
FILES, SEEDS = ("graded", "noisy", "forward_forward"), (1, 2, 3)
EARLY = "validation_error_percent_after_5_epochs"
ERRORS = ("test_error_percent", "validation_error_percent")
KEPT = ("seed", "circuit", "rule", "engine", "epochs", "presentations", *ERRORS)
WORDS = {
    ("boltzmann", "contrastive_divergence"): "a restricted Boltzmann machine",
    ("boltzmann_noisy", "spiking_contrastive_divergence"): "the same with noisy integrate-and-fire units",
    ("graded_two_areas", "forward_forward"): "Forward-Forward",
    ("graded_two_areas", "backprop"): "backpropagation",
}


def main() -> None:
    """Run, gather, write."""
    parser = argparse.ArgumentParser(description="Does a Boltzmann machine learn as well as others?")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for run folders; default: %(default)s")
    parser.add_argument("--join", type=Path, nargs="+", default=[], help="do not run: gather these run folders")
    parser.add_argument("--output", type=Path, default=HERE / "result", help="folder; default: result/ here")
    asked = parser.parse_args()
    folders = asked.join or [run_one(name, seed, asked.runs) for name in FILES for seed in SEEDS]
    runs = [each for folder in folders for each in of_folder(folder)]
    asked.output.mkdir(parents=True, exist_ok=True)
    write_json(runs, asked.output / "seeds.json")
    write_json(summary(runs), asked.output / "summary.json")


def run_one(name: str, seed: int, runs: Path) -> Path:
    """Run one file with one seed into a folder, and return it."""
    folder = runs / f"{HERE.name}_{name}_{seed}"
    run(load_experiment(HERE / f"{name}.toml", {"seed": seed}), folder=folder)
    return folder


def of_folder(folder: Path) -> list[dict[str, Any]]:
    """Return the run of a folder and those of its baselines."""
    found = []
    for each in (folder, *sorted(folder.glob("baselines/*"))):
        row = json.loads((each / "summary.json").read_text("utf-8"))
        errors = load_result(each / "result.nc")["metrics"]["validation_error"].values.ravel()
        found.append({key: row.get(key) for key in KEPT} | {EARLY: float(errors[4])})
    return found


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the test errors of every circuit and rule, with their 95 % interval over the seeds."""
    errors = {
        words: [run["test_error_percent"] for run in runs if (run["circuit"], run["rule"]) == kind]
        for kind, words in WORDS.items()
    }
    found = {words: [round(float(v), 2) for v in mean_interval(each)] for words, each in errors.items() if each}
    said = (f"{words} {mean:.1f} % ({low:.1f} to {high:.1f})" for words, (mean, low, high) in found.items())
    return {
        "experiment": HERE.name,
        "found": f"test errors with 95 % intervals: {', '.join(said)}",
        "seeds": sorted({run["seed"] for run in runs}),
        "test_error_percent": found,
    }


if __name__ == "__main__":
    main()
