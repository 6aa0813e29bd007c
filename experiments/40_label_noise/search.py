"""How much weights decay, chosen with half of the labels wrong: ``python experiments/40_label_noise/search.py``.

It writes ``search.nc`` into ``result/`` beside this file, and prints the share with the least validation error for each
circuit and learner. Validation items have their right labels. The test items are never read.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from learning import BACKPROP, CIRCUITS, HERE, MNIST, RULE, decaying, learn
from xarray import Dataset

from brainlearn.lab import measure_missing, whole_file, write_netcdf

SHARES, SEED = (3e-4, 3e-3, 1e-2, 3e-2), 101
LEARNERS = [(circuit, learner) for circuit in CIRCUITS for learner in (RULE, BACKPROP)] + [(MNIST, BACKPROP)]


def main() -> None:
    """Learn with every share, write and print."""
    parser = argparse.ArgumentParser(description="How much should weights decay?")
    parser.add_argument("--output", type=Path, default=HERE / "result", help="folder; default: result/ here")
    parser.add_argument("--data", type=Path, help="folder of MNIST")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)

    def measure(run: Mapping[str, Any]) -> dict[str, Any]:
        changes = decaying(run["circuit"], run["learner"], run["share"]) | {"readout.test": False}
        return learn(run, asked.data, changes)

    points = [
        {"circuit": circuit, "learner": learner, "share": share, "wrong_labels": 0.5, "seed": SEED}
        for circuit, learner in LEARNERS
        for share in SHARES
    ]
    runs = measure_missing(points, asked.output / "search.json", measure, said)
    (asked.output / "search.json").unlink()
    with whole_file(asked.output / "search.nc") as part:
        write_netcdf(labelled(runs), part)


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    error = run["validation_error_percent"]
    return f"{run['circuit']}, {run['learner']}, {run['share']:g}: validation error {error:.2f} %"


def labelled(runs: list[dict[str, Any]]) -> Dataset:
    """Put names and units on validation errors, (circuit, learner, share); nan where nothing was tried."""
    circuits, learners = [*CIRCUITS, MNIST], [RULE, BACKPROP]
    errors = np.full((len(circuits), len(learners), len(SHARES)), np.nan)
    for run in runs:
        place = circuits.index(run["circuit"]), learners.index(run["learner"]), SHARES.index(run["share"])
        errors[place] = run["validation_error_percent"]
    for circuit, learner in LEARNERS:
        row = errors[circuits.index(circuit), learners.index(learner)]
        print(f"{circuit}, {learner}: {SHARES[int(np.argmin(row))]:g}")
    about = {"units": "percent", "long_name": "error on validation items with right labels, after the last epoch"}
    coordinates = {
        "circuit": ("circuit", circuits, {"units": "1", "long_name": "file of the circuit"}),
        "learner": ("learner", learners, {"units": "1", "long_name": "the rule of the file, or backpropagation"}),
        "share": ("share", list(SHARES), {"units": "1", "long_name": "share of each weight that decays at a change"}),
    }
    described = {"validation_error": (("circuit", "learner", "share"), errors, about)}
    return Dataset(described, coordinates, {"experiment": HERE.name, "seed": SEED, "wrong_labels": 0.5})


if __name__ == "__main__":
    main()
