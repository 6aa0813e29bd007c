"""A device: a circuit whose units have gains and offsets of their own, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn import Dataset, load_experiment
from brainlearn.lab import Course, Silent, error_percent, prepare, run_epoch, run_test

HERE = Path(__file__).resolve().parent
WRITTEN = "mismatch = 0.2"  # in the circuit files
Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Kind:
    """A rule: the file with its settings, what differs here, and the epochs for which it learns."""

    experiment: str
    changes: Mapping[str, Any]
    epochs: int


DIGITS = {"name": "digits"}  # no item is kept for validation: nothing is chosen here
RULES = {
    "predictive_coding": Kind("../12_predictive_coding_digits/experiment.toml", {"dataset": DIGITS}, 12),
    "temporal_difference": Kind("temporal_difference_digits.toml", {}, 12),
    "forward_forward": Kind(
        "../01_forward_forward_digits/experiment.toml",
        {"dataset": DIGITS, "readout": {}, "training.copies": 60},
        8,
    ),
}


@dataclass(frozen=True)
class Device:
    """Units as one seed draws them.

    Parameters
    ----------
    rule : str
    mismatch : float
        How much units differ: standard deviation of their gains and offsets.
    seed : int
    place : Path
        A folder for its files.
    """

    rule: str
    mismatch: float
    seed: int
    place: Path

    def course(self, weights: Weights | None = None, taught: Dataset | None = None, share: float = 1.0) -> Course:
        """Return what is trained here: from fresh weights or given ones, by labels or by what another did."""
        kind = RULES[self.rule]
        changes: dict[str, Any] = {
            **kind.changes,
            "seed": self.seed,
            "circuit": str(self._circuit()),
            "training.epochs": max(1, round(share * kind.epochs)),
        }
        if weights is not None:
            changes["weights"] = self._stored(weights)
        if taught is not None:
            changes["target"] = {"population": "IT/class"}
        return prepare(load_experiment(HERE / kind.experiment, changes), None, Silent(), given=taught)

    def _circuit(self) -> Path:
        text = (HERE / f"{self.rule}.toml").read_text(encoding="utf-8")
        path = self.place / "circuit.toml"
        path.write_text(text.replace(WRITTEN, f"mismatch = {self.mismatch}"), encoding="utf-8")
        return path

    def _stored(self, weights: Weights) -> dict[str, dict[str, str]]:
        """Write weights beside the circuit file, and return what it says of them."""
        arrays = {f"weights_{k}": each for k, each in enumerate(weights.values())}
        np.savez(self.place / "weights.npz", **arrays)
        stored = {"distribution": "file", "file": "weights.npz"}
        return {name: {**stored, "array": array} for name, array in zip(weights, arrays, strict=True)}


def learned(course: Course) -> Course:
    """Train to the end."""
    for number in range(course.learner.epochs):
        run_epoch(course, number)
    return course


def weights_of(course: Course) -> Weights:
    """Return the bottom-up weights; top-down ones follow them."""
    bottom_up = [each.name for each in course.experiment.circuit.projections if each.pathway == "bottom_up"]
    return {name: np.array(course.learner.weights(name)) for name in bottom_up}


def test_error(course: Course) -> float:
    """Return the share of test items that are answered wrongly [percent]."""
    found = run_test(course, course.dataset.test_images, course.dataset.test_labels)
    assert found.prediction is not None
    return error_percent(found.prediction, course.dataset.test_labels)


def soft_targets(teacher: Course) -> Dataset:
    """Return the training images with what the teacher's outputs do for them, (item, class), instead of labels."""
    data = teacher.dataset
    found = run_test(teacher, data.images, data.labels)
    assert found.goodness is not None
    outputs = found.goodness.astype(np.float32)
    return replace(
        data, name="soft targets", labels=outputs, test_labels=np.zeros((len(data.test_images), 10), np.float32)
    )


def test_error_of_pupil(course: Course, labels: np.ndarray) -> float:
    """Return the share of test items whose greatest output is that of another class [percent]."""
    found = run_test(course, course.dataset.test_images, course.dataset.test_labels)
    assert found.output is not None
    return error_percent(found.output[:, 0].argmax(axis=1), labels)
