from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from brainlearn.brian.share import ALONE, check_share
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.processes.launch import follows, shared, without_torchrun
from brainlearn.processes.strided_share import StridedShare
from brainlearn.rules import RULES
from brainlearn.running import run_record
from brainlearn.training.progress import Silent
from tests.processes.spread_run import outcome

ROOT = Path(__file__).parents[2]
CONTRAST, TARGET = "01_forward_forward_digits", "04_temporal_difference_digits"
SMALL = (
    "training.epochs=2",
    "training.samples=200",
    "training.copies=31",  # one process has a copy more than the other
    "training.precision=float64",
    "dataset.validation=0",
    'sizes={"V1/E"=40}',
)


def torchrun(program: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "further"),
    [(CONTRAST, ()), (TARGET, ("alignment.epochs=[0]",))],
)
@pytest.mark.slow
def test_two_processes_learn_and_answer_like_one(name: str, further: tuple[str, ...], tmp_path: Path) -> None:
    experiment, changes = ROOT / "experiments" / name / "experiment.toml", (*SMALL, *further)
    done = torchrun(["tests/processes/spread_run.py", str(experiment), str(tmp_path / "two.npz"), *changes])
    assert done.returncode == 0, done.stderr
    alone = outcome(run_record(load_experiment(experiment, changes), None, Silent()))
    with np.load(tmp_path / "two.npz") as two:
        assert set(two) == set(alone)
        largest = max(np.abs(two[name] - values).max() for name, values in alone.items())
    assert all(values.dtype == np.float64 for name, values in alone.items() if "->" in name)
    assert largest < 1e-10


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_copies_are_dealt_out_in_turn(rank: int) -> None:
    assert StridedShare(rank, 3).own(np.arange(7)).tolist() == [[0, 3, 6], [1, 4], [2, 5]][rank]


def test_a_rule_on_spikes_is_not_spread() -> None:
    with pytest.raises(UserError, match='the rule "pair_stdp" changes weights within a phase'):
        check_share(StridedShare(0, 2), 10, [RULES["pair_stdp"]])
    check_share(ALONE, 10, [RULES["pair_stdp"]])


def test_more_processes_than_copies_are_refused() -> None:
    with pytest.raises(UserError, match="found 3 processes and 2 copies"):
        check_share(StridedShare(0, 3), 2)


def test_a_process_by_itself_joins_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert not follows()
    with shared() as share:
        assert share is ALONE


def test_what_a_run_starts_is_no_part_of_torchrun() -> None:
    of_torchrun = {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1", "MASTER_ADDR": "a", "TORCHELASTIC_RUN_ID": "x"}
    assert without_torchrun({"PATH": "/bin", "LOCALE": "C", **of_torchrun}) == {"PATH": "/bin", "LOCALE": "C"}
