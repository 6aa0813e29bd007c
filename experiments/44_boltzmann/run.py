"""A Boltzmann machine beside Forward-Forward and backpropagation: ``python experiments/44_boltzmann/run.py``.

It writes ``seeds.json`` (digits), ``mnist.json`` and ``summary.json`` into ``result/`` beside this file. MNIST is
learned only with ``--data``, and stays as recorded without.
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
FILES, SEEDS, SEEDS_OF_MNIST = ("graded", "noisy", "forward_forward"), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5)
ROWS = {"digits": "seeds.json", "mnist": "mnist.json"}
EARLY = "validation_error_percent_after_5_epochs"
ERRORS = ("test_error_percent", "validation_error_percent")
KEPT = ("seed", "dataset", "circuit", "rule", "engine", "epochs", "presentations", *ERRORS)
WORDS = {
    ("boltzmann", "contrastive_divergence"): "a restricted Boltzmann machine",
    ("boltzmann_noisy", "spiking_contrastive_divergence"): "the same with noisy integrate-and-fire units",
    ("boltzmann_spiking", "contrastive_divergence"): "units that spike at random, MNIST",
    ("graded_two_areas", "forward_forward"): "Forward-Forward",
    ("graded_two_areas", "backprop"): "backpropagation",
}


def main() -> None:
    """Run, gather, write."""
    parser = argparse.ArgumentParser(description="Does a Boltzmann machine learn as well as others?")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for run folders; default: %(default)s")
    parser.add_argument("--data", type=Path, help="folder of datasets: learn MNIST too")
    parser.add_argument("--join", type=Path, nargs="+", default=[], help="do not run: gather these run folders")
    parser.add_argument("--output", type=Path, default=HERE / "result", help="folder; default: result/ here")
    asked = parser.parse_args()
    folders = asked.join or [run_one(name, seed, asked.runs) for name in FILES for seed in SEEDS]
    if asked.data and not asked.join:
        folders += [run_one("mnist", seed, asked.runs, asked.data) for seed in SEEDS_OF_MNIST]
    record([row for folder in folders for row in of_folder(folder)], asked.output)


def record(runs: Sequence[Mapping[str, Any]], output: Path) -> None:
    """Write the runs of each dataset into its file, and a summary of all; a dataset without new runs stays as it is."""
    output.mkdir(parents=True, exist_ok=True)
    recorded = []
    for dataset, name in ROWS.items():
        if new := [run for run in runs if run["dataset"] == dataset]:
            write_json(new, output / name)
        if (output / name).exists():
            recorded += json.loads((output / name).read_text("utf-8"))
    write_json(summary(recorded), output / "summary.json")


def run_one(name: str, seed: int, runs: Path, data: Path | None = None) -> Path:
    """Run one file with one seed into a folder, and return it."""
    folder = runs / f"{HERE.name}_{name}_{seed}"
    run(load_experiment(HERE / f"{name}.toml", {"seed": seed}), data, folder=folder)
    return folder


def of_folder(folder: Path) -> list[dict[str, Any]]:
    """Return the run of a folder and those of its baselines."""
    found = []
    for each in (folder, *sorted(folder.glob("baselines/*"))):
        row = json.loads((each / "summary.json").read_text("utf-8"))
        errors = load_result(each / "result.nc")["metrics"]["validation_error"].values.ravel()
        early = {EARLY: float(errors[4])} if len(errors) > 4 else {}
        found.append({key: row.get(key) for key in KEPT} | early)
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
        "seeds": sorted({run["seed"] for run in runs if run["dataset"] == "digits"}),
        "test_error_percent": found,
    }


if __name__ == "__main__":
    main()
