from __future__ import annotations

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.results.record import SpikeRecord
from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent
from brainlearn.training.spike_recording import ragged
from brainlearn.training.testing import record_spikes, run_test
from tests.experiment.targets import TARGETS


def dense(record: SpikeRecord, presentation: int) -> np.ndarray:
    """How often each unit spiked in one presentation."""
    start = int(record.row_size[:presentation].sum())
    here = slice(start, start + int(record.row_size[presentation]))
    return np.bincount(record.unit[here], minlength=record.size)


def test_recorded_spikes_are_those_that_the_circuit_counts(small):
    course = prepare(small(), None, Silent())
    images, labels = course.dataset.test_images[:2], course.dataset.test_labels[:2]
    found = record_spikes(course, images, labels)
    assert set(found) == {"V1/E", "V2/E"}
    for path, record in found.items():
        counted = course.learner.simulation.activity(path) * 8  # steps of the presentation
        assert record.unit.size > 20
        for k in range(4):
            np.testing.assert_allclose(dense(record, k), counted[k], atol=1e-4)


def test_every_image_is_shown_with_its_label_and_with_a_wrong_one(small):
    course = prepare(small(), None, Silent())
    record = record_spikes(course, course.dataset.test_images, course.dataset.test_labels)["V1/E"]
    assert record.true_label.tolist() == np.repeat(course.dataset.test_labels[:4], 2).tolist()
    right = record.true_label == record.shown_label
    assert right.tolist() == [True, False] * 4
    assert record.phases == pytest.approx({"show": 8.0})


def test_recording_changes_no_weight(small):
    course = prepare(small(), None, Silent())
    before = {name: course.learner.weights(name).copy() for name in course.learner.learning()}
    record_spikes(course, course.dataset.test_images, course.dataset.test_labels)
    assert all(np.array_equal(course.learner.weights(name), weights) for name, weights in before.items())
    assert not any(o.name.startswith("spike_probe") for o in course.learner.simulation.network.objects)


def test_a_run_with_targets_is_recorded_through_all_phases(tmp_path):
    (tmp_path / "targets.toml").write_text(TARGETS, encoding="utf-8")
    course = prepare(load_experiment(tmp_path / "targets.toml"), None, Silent())
    run_test(course, course.dataset.test_images[:5], course.dataset.test_labels[:5])  # shows the first phases only
    record = record_spikes(course, course.dataset.test_images, course.dataset.test_labels)["V1/E"]
    assert record.phases == pytest.approx({"settle": 6.0, "free": 14.0, "nudged": 22.0})
    assert 14 < record.time.max() < 22


def test_spikes_follow_presentation_after_presentation_and_too_many_are_left_out(monkeypatch):
    spikes = np.array([[0, 0, 1, 2, 2], [1, 0, 1, 2, 0], [5, 6, 7, 8, 9]])  # step, copy, unit
    time, unit, row_size = ragged(spikes, 4, 0.5)
    assert time.tolist() == [0.0, 1.0, 0.0, 0.5, 1.0]
    assert unit.tolist() == [6, 9, 5, 7, 8]
    assert row_size.tolist() == [2, 2, 1, 0]
    monkeypatch.setattr("brainlearn.training.spike_recording.MOST_SPIKES", 3)
    time, unit, row_size = ragged(spikes, 4, 0.5)
    assert unit.tolist() == [6, 9]
    assert row_size.tolist() == [2, -1, -1, -1]


def test_a_circuit_that_sees_no_labels_is_shown_images_alone(small):
    course = prepare(small(replace=(('kind = "hard"', 'kind = "hybrid"\nblurs = 2'),)), None, Silent())
    record = record_spikes(course, course.dataset.test_images, course.dataset.test_labels)["V1/E"]
    assert record.true_label.tolist() == course.dataset.test_labels[:4].tolist()
    assert record.shown_label.tolist() == [-1] * 4
    assert record.unit.size > 20
