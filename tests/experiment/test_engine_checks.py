"""What an engine does not do is refused, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import build_simulation
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
    with pytest.raises(UserError, match=r'training\.device: no such device here; found "cuda:99"; allowed: cpu'):
        prepare(experiment, None, Silent())


def test_copies_of_a_mirror_are_not_spread_over_processes(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", "training.engine=mirror")
    with pytest.raises(UserError, match=r"one process simulates all copies of a mirror; found 2 processes; allowed: 1"):
        build_simulation(experiment, Half())


@dataclass(frozen=True)
class Half:
    """One of two processes."""

    rank: int = 0
    size: int = 2

    def own(self, values: np.ndarray) -> np.ndarray:
        return values[:: self.size]

    def all_of(self, values: np.ndarray, copies: int) -> np.ndarray:
        return np.repeat(values, self.size, axis=0)[:copies]

    def total(self, values: Any) -> Any:
        return values


def test_text_without_a_rendering_is_refused_with_the_other_engine(tmp_path: Path) -> None:
    tiny(tmp_path, "unit_classes")
    circuit, file = tmp_path / "circuit.toml", tmp_path / "experiment.toml"
    text = circuit.read_text(encoding="utf-8").replace("v > 0.5 + theta", "v > 0.5 + theta + 0.01*poisson(2)")
    circuit.write_text(text, encoding="utf-8")
    load_experiment(file)
    with pytest.raises(UserError, match=r"cannot render poisson\(\).*Or let Brian2 simulate it: training\.engine"):
        load_experiment(file, ["training.engine=mirror"])
