"""What outputs do over time is read alike in Brian2, by both deliveries, and in the mirror, and as by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Dataset
from brainlearn.brian.spike_probe import probing
from brainlearn.experiment import load_experiment
from brainlearn.running.preparation import told_of
from brainlearn.stimuli import split_validation
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from brainlearn.training.start import start_course
from brainlearn.training.testing import run_test

CIRCUITS = Path(__file__).parents[2] / "circuits"
ITEMS, FRAMES, UNITS, OUTPUTS = 4, 8, 20, 3
RNG = np.random.default_rng(5)
SPIKES = RNG.random((ITEMS, FRAMES, UNITS)) < 0.4
CURVES = RNG.normal(size=(ITEMS, FRAMES, OUTPUTS))
LABELS = np.array([0, 1, 2, 0])
# Frames 0 to 3, a pause, frames 4 to 7; the answer is read in frames 5 and 6, of the latter in its first step.
WINDOW = """
phases = [
  { name = "first", duration = "8 ms", learn = false },
  { name = "pause", duration = "3 ms", reset = false, show = false, learn = false },
  { name = "last", duration = "8 ms", reset = false, nudge = 1.0, answer = ["3 ms", "5 ms"] },
]
"""
STEPS, COUNTED = 19, range(13, 16)  # from 0
TEXT = f"""
name = "over_time"
circuit = "{CIRCUITS}/spike_times.toml"
seed = 4
sizes = {{ "V1/E" = 25, "IT/class" = 3 }}
dataset = {{ file = "data.npz" }}
stimulus = {{ image = "periphery/spikes", encoding = "spikes", frame = "2 ms" }}
target = {{ population = "IT/class" }}
{WINDOW}
[rule]
name = "e_prop"
parameters = {{ tau_filter = "20 ms" }}
updates = [{{ name = "adam", size = 0.02 }}]

[training]
epochs = 1
copies = 4
precision = "float64"

[baselines.backprop_through_time]
copies = 4
step_size = 0.02
"""


def data(**wanted: np.ndarray) -> Dataset:
    names = {"labels": "test_labels", "targets": "test_targets"}
    tested = {names[name]: values for name, values in wanted.items()}
    return Dataset.from_arrays(values=SPIKES, test_values=SPIKES, **wanted, **tested)


def course_of(folder: Path, dataset: Dataset, baseline: str | None = None, **changes: Any) -> Course:
    (folder / "experiment.toml").write_text(TEXT, encoding="utf-8")
    experiment = told_of(load_experiment(folder / "experiment.toml", changes), dataset)
    split = split_validation(dataset, 0, None, np.random.default_rng(0))
    return start_course(experiment, dataset, split, Silent(), baseline)


def by_hand(course: Course) -> tuple[np.ndarray, np.ndarray]:
    """Return readouts after every step, (item, step, output), from spikes of the area, which a probe saw; and these."""
    learner = course.learner
    assert isinstance(learner, RuleLearner)
    examples = course.task.examples(course.dataset.images, course.dataset.labels)
    with probing(learner.simulation, ITEMS) as probe:
        learner.present(iter([examples.round]), 1, lambda _: None)
    step, copy, unit = probe.spikes("V1/E")
    weights = learner.weights("V1/E->IT/class")
    spikes = np.zeros((ITEMS, STEPS, len(weights)))
    spikes[copy, step, unit] = 1
    assert spikes.sum() > 100
    found, value = np.zeros((ITEMS, STEPS, OUTPUTS)), np.zeros((ITEMS, OUTPUTS))
    for k in range(STEPS):
        value = value * np.exp(-1 / 20) + spikes[:, k] @ weights
        found[:, k] = value
    return found, spikes


def answered(course: Course) -> np.ndarray:
    test = run_test(course, course.dataset.test_images, course.dataset.test_labels)
    found = test.goodness if test.output is None else test.output
    assert found is not None
    return found


DELIVERIES: list[tuple[str | None, str]] = [(None, "shared"), (None, "stock"), ("backprop_through_time", "shared")]


@pytest.mark.slow
@pytest.mark.parametrize(("baseline", "delivery"), DELIVERIES)
def test_classes_are_answered_by_the_mean_over_the_steps_that_count(
    tmp_path: Path, baseline: str | None, delivery: str
) -> None:
    expected = by_hand(course_of(tmp_path, data(labels=LABELS)))[0][:, COUNTED].mean(axis=1)
    course = course_of(tmp_path, data(labels=LABELS), baseline, **{"training.delivery": delivery})
    np.testing.assert_allclose(answered(course), expected, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("baseline", "delivery"), DELIVERIES)
def test_values_are_answered_frame_by_frame(tmp_path: Path, baseline: str | None, delivery: str) -> None:
    course = course_of(tmp_path, data(targets=CURVES), baseline, **{"training.delivery": delivery})
    outputs, _ = by_hand(course_of(tmp_path, data(targets=CURVES)))
    expected = np.full((ITEMS, FRAMES, OUTPUTS), np.nan)
    expected[:, 5], expected[:, 6] = outputs[:, 13:15].mean(axis=1), outputs[:, 15]
    np.testing.assert_allclose(answered(course), expected, rtol=1e-9)


@pytest.mark.slow
def test_backpropagation_goes_down_the_squared_error_of_the_frames_that_count(tmp_path: Path) -> None:
    course = course_of(tmp_path, data(targets=CURVES), "backprop_through_time", **{"training.epochs": 40})
    outputs = answered(course)
    expected = np.nansum((outputs - CURVES) ** 2, axis=2)[:, [5, 6]].mean() / 2
    first = run_epoch(course, 0)
    assert first.loss == pytest.approx(expected, rel=1e-5)
    assert [run_epoch(course, k) for k in range(1, 40)][-1].loss < 0.5 * expected


@pytest.mark.slow
def test_error_is_told_as_share_of_the_variance(tmp_path: Path) -> None:
    course = course_of(tmp_path, data(targets=CURVES))
    outputs, counted = answered(course), CURVES[:, [5, 6]]
    validation = course.task.validate(lambda _: outputs, course.dataset.images, course.dataset.labels)
    error = ((outputs[:, [5, 6]] - counted) ** 2).mean()
    assert validation.mean_squared_error == pytest.approx(error)
    spread = ((counted - counted.mean(axis=(0, 1))) ** 2).mean()
    assert validation.error_percent == pytest.approx(100 * error / spread, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_e_prop_changes_readouts_by_the_errors_of_all_frames(tmp_path: Path, delivery: str) -> None:
    """With a rule's step of 1 the change is the sum of filtered spikes times errors, which follow within a step."""
    changes = {"rule.updates": [{"name": "step", "size": 1.0}], "training.delivery": delivery}
    dataset, name = data(targets=CURVES), "V1/E->IT/class"
    course = course_of(tmp_path, dataset, **changes)
    outputs, spikes = by_hand(course)
    before = np.array(course.learner.weights(name))
    run_epoch(course, 0)
    error, expected = np.zeros((ITEMS, OUTPUTS)), 0
    targets = dataset.labels.astype(float)
    for k in range(11, STEPS):
        told = 1.0 * (targets[:, 4 + (k - 11) // 2] - outputs[:, k - 1])
        error = told + (error - told) * np.exp(-2)
        filtered = spikes_before(spikes, k)
        expected = expected + np.einsum("ci,co->io", filtered, error)
    np.testing.assert_allclose(course.learner.weights(name) - before, expected / ITEMS, rtol=1e-6, atol=1e-12)


def spikes_before(spikes: np.ndarray, step: int) -> np.ndarray:
    """Return the filtered spikes of all steps before one, decayed until it, (item, unit)."""
    age = step - np.arange(step)
    return np.einsum("k,cki->ci", (1 - np.exp(-1 / 20)) * np.exp(-age / 20), spikes[:, :step])
