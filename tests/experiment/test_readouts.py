"""The same trained circuit read in several ways."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare
from brainlearn.tasks.answers import answers_of_subsets, best_of, likeliest, subsets
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.testing import asking, run_test


def test_a_short_list_holds_the_likeliest_labels_in_order():
    probabilities = np.array([[0.1, 0.5, 0.4, 0.0], [0.25, 0.25, 0.2, 0.3]])
    assert likeliest(probabilities, 3).tolist() == [[1, 2, 0], [3, 0, 1]]


def test_goodness_decides_within_the_list_only():
    labels = np.array([[4, 2], [7, 1]])
    assert best_of(labels, np.array([[0.1, 0.3], [0.9, 0.2]])).tolist() == [2, 7]


def test_populations_are_read_alone_together_and_without_the_first():
    goodness = np.zeros((3, 1, 4))
    goodness[0, 0, 0], goodness[1, 0, 1], goodness[2, 0, 2] = 5, 2, 3
    goodness[1, 0, 3] = goodness[2, 0, 3] = 1.9
    found = answers_of_subsets(goodness, ["V1/E", "V2/E", "V3/E"])
    assert {name: int(answer[0]) for name, answer in found.items()} == {
        "V1/E": 0,
        "V2/E": 1,
        "V3/E": 2,
        "V2/E + V3/E": 3,
        "V1/E + V2/E + V3/E": 0,
    }
    assert list(subsets(["V1/E"])) == ["V1/E"]
    assert list(subsets(["V1/E", "V2/E"])) == ["V1/E", "V2/E", "V1/E + V2/E"]


def test_a_short_list_joins_both_readouts_and_says_what_it_costs(small):
    course = prepare(small("readout.short_list=3", "training.epochs=1"), None, Silent())
    run_epoch(course, 0)
    images, labels = course.dataset.test_images[:50], course.dataset.test_labels[:50]
    record = run_test(course, images, labels)
    assert record.shown == {"every_label": 10, "one_pass": 1, "short_list": 4}
    assert set(record.seconds) == set(record.shown)
    listed = likeliest(course.task.one_pass(asking(course, "test"), images), 3)
    within = np.take_along_axis(record.goodness, listed, axis=1)
    np.testing.assert_array_equal(record.short_list, best_of(listed, within))
    assert (record.short_list != record.prediction).any()  # the best label of all is not always listed
    assert (record.short_list != record.one_pass).any()
    np.testing.assert_array_equal(record.of_subsets["V1/E + V2/E"], record.prediction)


def mistakes(small, *changes: str, **how) -> str:
    with pytest.raises(UserError) as raised:
        prepare(small(*changes, **how), None, Silent())
    return str(raised.value)


def test_a_short_list_needs_a_readout_that_proposes_and_enough_labels(small):
    assert "the one-pass readout proposes the labels" in mistakes(
        small, *("readout.short_list=3", "readout.one_pass=false")
    )
    assert "found 11; allowed: 2 to 10" in mistakes(small, "readout.short_list=11")


def test_an_image_without_a_sheet_cannot_be_shifted(small):
    no_sheet = ("[sizes]", '[sizes]\n"retina/image" = 65')
    assert 'only an image on a sheet can be shifted, but "retina/image" has no sheet' in mistakes(
        small, "stimulus.shift=1", replace=(no_sheet,)
    )
    assert "found 8; allowed: less than 8" in mistakes(small, "stimulus.shift=8")
