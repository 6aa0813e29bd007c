"""Symbols one after the other: judged, learned with state kept, and continued freely by what the circuit says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brainlearn import Dataset
from brainlearn.experiment import load_experiment
from brainlearn.mirror.losses import TARGET_LOSSES
from brainlearn.mistakes import UserError
from brainlearn.running.preparation import told_of
from brainlearn.stimuli import split_validation
from brainlearn.tasks.next_symbol import NextSymbol, judged, talk
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.start import start_course
from brainlearn.training.testing import asking, run_test

CIRCUIT = """
name = "speaking"
dt = "1 ms"

[neurons.linear]
model = "graded_taught"
parameters = { tau = "1 ms", lowest = -1e6 }

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 3, neuron = "graded_stimulus" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 20, neuron = "graded" }]

[[areas]]
name = "IT"
level = 2
populations = [{ name = "class", size = 3, neuron = "linear" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.5 }

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "graded"
weights = { distribution = "normal", sd = 0.2 }

[[projections]]
source = "V1/E"
target = "IT/class"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 0.3 }
"""
EXPERIMENT = """
name = "speaking"
circuit = "circuit.toml"
seed = 1
dataset = { file = "data.npz" }
stimulus = { image = "retina/image", encoding = "graded", rms = 0.6, frame = "3 ms" }
target = { population = "IT/class", symbols = true }
phases = [
  { name = "show", duration = "24 ms", answer = true, remember = true, learn = false },
  { name = "nudged", duration = "3 ms", reset = false, nudge = 0.5 },
]
rule = { name = "equilibrium_propagation" }
training = { epochs = 1, copies = 4 }

[baselines.backprop_through_time]
copies = 6
epochs = 30
step_size = 0.04
loss = "cross_entropy"
"""
# In "aab", what follows an "a" depends on what was before it.
CYCLE = np.array([0, 0, 1] * 5)


def one_hot(symbols: np.ndarray) -> np.ndarray:
    return np.eye(3)[symbols]


def sequences() -> tuple[np.ndarray, np.ndarray]:
    """Return parts of the cycle, (item, frame, symbol), and what follows in each frame but the first."""
    starts = np.array([0, 1, 2, 0, 1, 2])
    shown = np.stack([one_hot(CYCLE[k : k + 8]) for k in starts])
    following = np.stack([one_hot(CYCLE[k + 1 : k + 9]) for k in starts])
    following[:, 0] = 0  # one symbol does not tell
    return shown, following


def course_of(folder: Path, baseline: str | None) -> Course:
    (folder / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    (folder / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    shown, following = sequences()
    dataset = Dataset.from_arrays(values=shown, targets=following, test_values=shown, test_targets=following)
    experiment = told_of(load_experiment(folder / "experiment.toml"), dataset)
    split = split_validation(dataset, 0, None, np.random.default_rng(0))
    return start_course(experiment, dataset, split, Silent(), baseline)


def test_what_depends_on_earlier_symbols_is_learned_and_said_freely(tmp_path: Path) -> None:
    course = course_of(tmp_path, "backprop_through_time")
    images, labels = sequences()
    before = run_test(course, images, labels).prediction
    for epoch in range(30):
        run_epoch(course, epoch)
    tested = run_test(course, *sequences())
    assert len(tested.label) == 6 * 7  # nothing is asked in the first frame
    assert np.mean(before != tested.label) > 0.3
    np.testing.assert_array_equal(tested.prediction, tested.label)
    assert isinstance(course.task, NextSymbol)
    said = talk(asking(course, "test"), course.task.maker, one_hot(CYCLE[None, :3]), 5, 1)
    np.testing.assert_array_equal(said[0], CYCLE[3:8])


def test_a_rule_is_judged_in_the_same_way(tmp_path: Path) -> None:
    course = course_of(tmp_path, None)
    tested = run_test(course, *sequences())
    assert tested.goodness.shape == (6 * 7, 3)
    np.testing.assert_array_equal(tested.prediction, tested.goodness.argmax(axis=1))


def test_one_of_several_right_symbols_is_right() -> None:
    targets = np.array([[[0, 0, 0], [1.0, 1, 0]], [[0, 0, 1], [0, 0, 0]]])
    outputs = np.array([[[9.0, 0, 0], [0, 1, 0]], [[0, 5, 0], [0, 0, 0]]])
    label, guess, scores = judged(outputs, targets)
    np.testing.assert_array_equal(label, [1, 2])
    np.testing.assert_array_equal(guess, [1, 1])
    np.testing.assert_array_equal(scores, [[0, 1, 0], [0, 5, 0]])


def test_the_loss_of_symbols_is_the_mean_over_right_ones_where_something_is_asked() -> None:
    activity = torch.tensor([[1.0, 2.0, 0.0], [3.0, 0.0, 0.0]], dtype=torch.float64)
    targets = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
    logarithms = np.log(np.exp([1.0, 2.0, 0.0]).sum()) - np.array([1.0, 2.0])
    found = TARGET_LOSSES["cross_entropy"].of(activity, targets, 1)
    assert float(found) == pytest.approx(logarithms.mean(), rel=1e-12)
    assert float(TARGET_LOSSES["cross_entropy"].of(activity, torch.zeros_like(targets), 1)) == 0


def test_classes_are_no_symbols(tmp_path: Path) -> None:
    (tmp_path / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    text = EXPERIMENT.replace('{ file = "data.npz" }', '{ name = "digits" }').replace(', frame = "3 ms"', "")
    sizes = 'sizes = { "retina/image" = 64, "IT/class" = 10 }\n'
    (tmp_path / "experiment.toml").write_text(sizes + text, encoding="utf-8")
    with pytest.raises(UserError, match="symbols are values of units"):
        load_experiment(tmp_path / "experiment.toml")
