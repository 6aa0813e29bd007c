"""Learning from images against hybrids: no label reaches the circuit, and a linear readout learns beside it."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare, run_record
from brainlearn.tasks.unlabelled import Unlabelled, image_and_hybrid
from brainlearn.training.progress import Silent

HYBRID = ('kind = "hard"', 'kind = "hybrid"\nblurs = 2')


def test_images_are_learned_without_labels_and_read_by_linear_readouts(small):
    changes = ("training.epochs=3", "training.samples=900", 'readout.one_pass_populations=["V2/E"]')
    record = run_record(small(*changes, replace=(HYBRID,)), None, Silent())
    assert record.test is not None
    wrong = {name: np.mean(answer != record.test.label) for name, answer in record.test.of_subsets.items()}
    assert set(wrong) == {"V1/E", "V2/E", "V1/E + V2/E"}
    assert max(wrong.values()) < 0.45  # chance is 0.9
    np.testing.assert_array_equal(record.test.prediction, record.test.of_subsets["V2/E"])
    assert record.test.shown == {"one_pass": 1}
    first, last = (epoch.goodness_positive["V1/E"] - epoch.goodness_negative["V1/E"] for epoch in record.epochs[::2])
    assert last > first
    label = record.weights["retina/label->V1/E"]
    np.testing.assert_allclose(label.final, label.initial * _shrunk(label), rtol=1e-5)


def _shrunk(label) -> float:
    """Weights from a silent population change by decay alone."""
    return np.float32(np.median(label.final / label.initial))


def test_positives_are_images_and_negatives_hybrids_and_no_label_is_shown(small):
    course = prepare(small(replace=(HYBRID,)), None, Silent())
    assert isinstance(course.task, Unlabelled)
    images, labels = course.split.train_images[:30], course.split.train_labels[:30]
    shown = image_and_hybrid(course.task.maker, images, labels, 2, np.random.default_rng(0))
    assert set(shown.stimuli) == {"retina/image"}
    np.testing.assert_array_equal(
        shown.stimuli["retina/image"][:30], course.task.maker.image_alone(images)["retina/image"]
    )
    hybrids = shown.stimuli["retina/image"][30:60]
    assert not (hybrids == shown.stimuli["retina/image"][:30]).all(axis=1).any()
    assert shown.polarity.tolist() == [1] * 30 + [-1] * 30


def test_two_kinds_of_presentation_share_the_copies(small):
    course = prepare(small(replace=(HYBRID,)), None, Silent())
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    assert (rounds.watched, rounds.contrast, rounds.shown) == (slice(0, 60), (slice(0, 60), slice(60, 120)), 120)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("readout.one_pass=false", "only the one-pass readout can answer"),
        ("readout.short_list=3", "with hybrid negatives no labels are tried"),
        ("alignment={epochs=[0]}", "angles to the gradient are not measured with hybrid negatives"),
    ],
)
def test_what_needs_labels_is_refused(small, change: str, said: str):
    with pytest.raises(UserError, match=said):
        small(change, replace=(HYBRID,))


def test_images_without_a_sheet_cannot_be_joined(small):
    with pytest.raises(UserError, match="only images on a sheet can be combined"):
        small(replace=(HYBRID, ("[sizes]", '[sizes]\n"retina/image" = 65')))
