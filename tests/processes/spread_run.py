"""Runs an experiment as one of the processes that torchrun started; the first one keeps weights and answers."""

from __future__ import annotations

import sys

import numpy as np

from brainlearn.experiment import load_experiment
from brainlearn.processes.launch import follows, shared
from brainlearn.results.record import RunRecord
from brainlearn.running import run_record
from brainlearn.training.progress import Silent


def outcome(record: RunRecord) -> dict[str, np.ndarray]:
    """Return all that should be the same however many processes there were."""
    assert record.test is not None
    goodness = {f"goodness of {path}": np.array(value) for path, value in record.epochs[-1].goodness_positive.items()}
    weights = {name: weights.final for name, weights in record.weights.items()}
    return {**weights, **goodness, "goodness of labels": record.test.goodness, "answers": record.test.prediction}


if __name__ == "__main__":
    path, file, *changes = sys.argv[1:]
    with shared() as share:
        record = run_record(load_experiment(path, changes), None, Silent(), share=share)
    if not follows():
        np.savez(file, **outcome(record))
