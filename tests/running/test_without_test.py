"""A run that is not tested never has the items for the test, and learns the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from brainlearn.running.conduct import conduct, prepare
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import tiny

FEW = ("training.epochs=1", "training.samples=40")


@pytest.mark.parametrize("kind", ["targets", "backprop"])
def test_it_is_validated_and_nothing_else(tmp_path: Path, kind: str) -> None:
    experiment, baseline = tiny(tmp_path / "a", kind, "readout.test=false", *FEW)
    course = prepare(experiment, None, Silent(), baseline)
    assert len(course.dataset.test_images) == len(course.dataset.test_labels) == 0
    record = conduct(course)
    assert record.test is None
    assert record.spikes == {}
    found = summary(record)
    assert found["test_error_percent"] is None
    assert found["test_presentations"] == 0
    assert found["validation_error_percent"] >= 0
    assert "test" not in found["cost"]
    assert "test" not in result_tree(record).children

    tested, _ = tiny(tmp_path / "b", kind, *FEW)
    whole = conduct(prepare(tested, None, Silent(), baseline))
    assert whole.test is not None
    assert whole.epochs[0].validation_error_percent == found["validation_error_percent"]
    for name, weights in whole.weights.items():
        assert (weights.final == record.weights[name].final).all()


def test_a_sequence_cannot_go_untested(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"readout\.test: every epoch tests all tasks of a sequence"):
        tiny(tmp_path, "sequence", "readout.test=false")
