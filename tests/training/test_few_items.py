"""Fewer training items than copies make one round of them all, whatever the task and the learner."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn.running.conduct import prepare
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import tiny

ITEMS, COPIES = 7, 60
BACKPROP = f"baselines.backprop={{copies={COPIES}}}"


@pytest.mark.parametrize(
    ("kind", "baseline", "shown"),
    [
        pytest.param("targets", None, ITEMS, marks=pytest.mark.slow),
        ("traces", None, 2 * ITEMS),  # positive and negative
        pytest.param("hybrids", None, 2 * ITEMS, marks=pytest.mark.slow),
        ("targets", "backprop", ITEMS),
        pytest.param("recurrent", "backprop", ITEMS, marks=pytest.mark.slow),
    ],
)
def test_fewer_items_than_copies_are_one_round(tmp_path: Path, kind: str, baseline: str | None, shown: int):
    changes = (f"training.samples={ITEMS}", f"training.copies={COPIES}", "training.epochs=2")
    experiment, _ = tiny(tmp_path, kind, *changes, *([BACKPROP] if baseline else []))
    course = prepare(experiment, None, Silent(), baseline)
    before = {name: np.array(course.learner.weights(name)) for name in course.learner.learning()}
    records = [run_epoch(course, number) for number in (0, 1)]  # a linear readout teaches from its second on
    assert [record.presentations for record in records] == [shown, shown]
    assert course.presentations == 2 * shown
    changed = [name for name, weights in before.items() if (course.learner.weights(name) != weights).any()]
    assert changed
    assert 0 <= records[1].validation_error_percent <= 100


def test_copies_that_are_left_over_teach_nothing(tmp_path: Path):
    weights = []
    for copies in (ITEMS, COPIES):
        changes = (f"training.samples={ITEMS}", f"training.copies={copies}", "training.precision=float64")
        step = 'rule.updates=[{name="step", size=1.0}]'
        experiment, _ = tiny(tmp_path / str(copies), "targets", *changes, step, "training.epochs=1")
        course = prepare(experiment, None, Silent())
        run_epoch(course, 0)
        weights.append({name: np.array(course.learner.weights(name)) for name in course.learner.learning()})
    few, many = weights
    for name, values in few.items():
        np.testing.assert_allclose(many[name], values, rtol=0, atol=1e-12)
