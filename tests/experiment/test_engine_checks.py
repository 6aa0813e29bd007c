"""What an engine does not do is refused, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import tiny

REFUSED = {
    "stock synapses": (
        ("training.engine=mirror", "training.delivery=stock"),
        r'training\.delivery: brian2\.Synapses are part of Brian2; found "stock"; allowed: shared, with engine = ',
    ),
    "a device for Brian2": (
        ("training.device=cuda",),
        r'training\.device: Brian2 computes on the CPU; found "cuda"; allowed: cpu\. .*training\.engine = "mirror"',
    ),
    "another engine": (("training.engine=nest",), r"training\.engine: .*nest"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_an_engine_does_not_do_is_refused(changes: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        tiny(tmp_path, "targets", *changes)


def test_a_rule_with_the_name_of_a_baseline_does_not_learn_in_the_mirror(tmp_path: Path) -> None:
    own = 'rule={ name = "backprop", changes = [{ pre = "activity", post = "activity - activity_before" }] }'
    tiny(tmp_path, "targets", own)
    with pytest.raises(UserError, match=r"rule\.name: the mirror learns by backpropagation under this name"):
        tiny(tmp_path, "targets", own, "training.engine=mirror")


def test_a_device_that_is_not_there_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", "training.engine=mirror", "training.device=cuda:99")
    with pytest.raises(
        UserError, match=r'training\.device: no such device on this machine; found "cuda:99"; allowed: cpu'
    ):
        prepare(experiment, None, Silent())
