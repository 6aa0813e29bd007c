from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import psutil
import pytest

from brainlearn import load_circuit
from brainlearn.brian.building import Build, BuiltCircuit
from brainlearn.brian.learning.together import learn_together
from brainlearn.brian.presenter import Phase
from brainlearn.brian.share import ALONE, Part, Share, check_share
from brainlearn.brian.simulation import Simulation
from brainlearn.circuit import Circuit
from brainlearn.experiment import load_experiment
from brainlearn.mirror.learning.circuit import MirrorCircuit
from brainlearn.mistakes import UserError
from brainlearn.processes.launch import follows, shared, without_torchrun
from brainlearn.processes.strided_share import StridedShare
from brainlearn.results.store import load_result
from brainlearn.rules import RULES
from brainlearn.running import run_record
from brainlearn.tasks.softmax_readout import SoftmaxReadout
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


LAUNCHER = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def torchrun(program: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([*LAUNCHER, *program], env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def run_of(name: str, *changes: str) -> list[str]:
    """Return the command that runs the rule of an experiment at a small size."""
    asked = [word for change in (*SMALL[1:], *changes) for word in ("--set", change)]
    return ["-m", "brainlearn", "run", str(ROOT / "experiments" / name / "experiment.toml"), *asked, "--only", "rule"]


@contextmanager
def started(program: list[str], *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start two processes; they are gone at the end."""
    command = [*LAUNCHER, *options, *program]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT) as launcher:
        family = psutil.Process(launcher.pid)
        try:
            yield launcher
        finally:
            for each in [*family.children(recursive=True), family] if launcher.poll() is None else ():
                each.kill()


@pytest.mark.parametrize(
    ("name", "further"),
    [
        (CONTRAST, ()),
        (TARGET, ("alignment.epochs=[0]",)),
        (CONTRAST, ('training.engine="mirror"',)),
        (CONTRAST, ('negatives={kind="by_goodness", candidates=3}',)),
        (TARGET, ("alignment.epochs=[0]", 'training.engine="mirror"')),
    ],
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


class _Other:
    """The other of two processes: it has sent what it adds up to already."""

    rank, size = 0, 2

    def __init__(self, sent: list[np.ndarray]) -> None:
        self.sent = sent

    def total(self, values: np.ndarray) -> np.ndarray:
        return values + self.sent.pop(0)


class _Proposing:
    """A projection that proposes the same sum each time, or nothing at the end of a phase."""

    def __init__(self, sum_here: list[list[float]] | None) -> None:
        self.sum_here, self.taken, self.post = sum_here, None, Mock(**{"to_remember.return_value": []})

    def summed(self, taking_part: np.ndarray) -> np.ndarray | None:
        return None if self.sum_here is None else np.array(self.sum_here, dtype=np.float32)

    def take_in(self, change: np.ndarray) -> None:
        self.taken = change


def test_all_proposals_go_round_in_one_message() -> None:
    first, silent, second = _Proposing([[1, 2], [3, 4]]), _Proposing(None), _Proposing([[5, 6, 7]])
    other = _Other([np.array([10, 20, 30, 40, 50, 60, 70, 3], dtype=np.float32)])  # three copies learn there
    learn_together([first, silent, second], np.array([True, False]), other)  # type: ignore[list-item, arg-type]
    np.testing.assert_array_equal(first.taken, [[11 / 4, 22 / 4], [33 / 4, 44 / 4]])
    np.testing.assert_array_equal(second.taken, [[55 / 4, 66 / 4, 77 / 4]])
    assert silent.taken is None
    silent.post.remember.assert_called_once_with([])
    assert not other.sent


def test_what_populations_remember_goes_with_the_proposals() -> None:
    each = _Proposing([[1, 2]])
    each.post.to_remember.return_value = [np.array([8, 2], np.float32), np.array([1, 1, 1, 3], np.float32)]
    other = _Other([np.array([3, 4, 10, 4, 5, 5, 5, 1, 1], dtype=np.float32)])
    learn_together([each], np.array([True]), other)  # type: ignore[list-item, arg-type]
    np.testing.assert_array_equal(each.taken, [[2, 3]])
    ((remembered,), _) = each.post.remember.call_args
    assert [values.tolist() for values in remembered] == [[18, 6], [6, 6, 6, 4]]
    assert not other.sent


@pytest.mark.parametrize(("rank", "held", "which"), [(0, [4, 6], [0, 2]), (1, [5], [1])])
def test_each_process_has_its_part_of_some_copies(rank: int, held: list[int], which: list[int]) -> None:
    share = StridedShare(rank, 2)
    part = Part.of(share, slice(4, 7))
    assert share.own(np.arange(9))[part.rows].tolist() == held
    assert part.which.tolist() == which
    assert part.of_all == len(held) / 3


def test_parts_of_the_processes_are_joined_in_the_order_of_the_copies() -> None:
    other = _Other([np.array([10, 20, 0, 0, 5, 6, 0, 0])])
    part = Part(other, slice(0, 2), np.array([0, 2]), 3)
    sums, rows = part.summed_and_joined(np.array([1, 2]), np.array([[1, 2], [3, 4]]))
    assert sums.tolist() == [11, 22]
    assert rows.tolist() == [[1, 2], [5, 6], [3, 4]]


def test_a_softmax_takes_the_step_of_all_items_in_every_process() -> None:
    rng = np.random.default_rng(1)
    features, labels = rng.random((7, 3)).astype(np.float32), rng.integers(0, 2, 7)
    alone, here, there = (SoftmaxReadout(3, 2, step=0.1, decay=1.0) for _ in range(3))  # how large a step is counts
    sent: list[np.ndarray] = []
    shares = _Other(sent), Mock(rank=1, size=2, total=lambda values: sent.append(values) or values)
    for _ in range(3):
        expected = alone.learn(features, labels)
        there.weights[:] = here.weights
        there.learn(features[1::2], labels[1::2], part=Part(shares[1], slice(0, 3), np.arange(1, 7, 2), 7))
        found = here.learn(features[::2], labels[::2], part=Part(shares[0], slice(0, 4), np.arange(0, 7, 2), 7))
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        np.testing.assert_allclose(here.weights, alone.weights, rtol=1e-4)


DIFFERING = """
name = "differing"
dt = "1 ms"

[neurons.own]
equations = "dv/dt = -v/(10*ms) : 1"
output = "v"
initial = { v = { distribution = "uniform", low = 0, high = 1, each_copy = true } }

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 4, neuron = "own" }]
"""


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("build", [BuiltCircuit, MirrorCircuit])
def test_a_process_draws_for_its_copies_what_one_process_draws_for_them(
    build: Build, rank: int, tmp_path: Path
) -> None:
    (tmp_path / "circuit.toml").write_text(DIFFERING, encoding="utf-8")
    circuit = load_circuit(tmp_path / "circuit.toml")
    alone, part = (_drawn(circuit, build, share) for share in (ALONE, StridedShare(rank, 2)))
    assert np.unique(alone).size == alone.size
    np.testing.assert_array_equal(part, alone[rank::2])


def _drawn(circuit: Circuit, build: Build, share: Share) -> np.ndarray:
    with Simulation(circuit, 5, [Phase("show", 1)], seed=3, build=build, share=share) as simulation:
        return simulation.populations["V1/E"].array("v").copy()


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


@pytest.mark.slow
def test_a_run_whose_process_dies_starts_again_and_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    run = [*run_of(CONTRAST, "training.epochs=5"), "--quiet", "--output"]
    assert torchrun([*run, str(tmp_path / "whole")]).returncode == 0
    with started([*run, str(tmp_path / "killed")], "--max-restarts", "1") as launcher:
        while not list((tmp_path / "killed").glob("process_1/checkpoints/*.npz")):
            assert launcher.poll() is None
            time.sleep(0.05)
        (second,) = (p for p in psutil.Process(launcher.pid).children() if p.environ().get("RANK") == "1")
        second.kill()
        assert launcher.wait() == 0
    whole, killed = (load_result(tmp_path / name) for name in ("whole", "killed"))
    assert "resumed after epoch" in str(killed.attrs["notes"])
    assert len(whole["weights"].children) == 3
    for name, weights in whole["weights"].children.items():
        np.testing.assert_array_equal(killed["weights"][name]["final"], weights["final"])
    np.testing.assert_array_equal(killed["test"]["prediction"], whole["test"]["prediction"])
    assert not list((tmp_path / "killed").glob("process_*"))


@pytest.mark.slow
def test_checkpoints_of_several_processes_are_not_resumed_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    endless = run_of(TARGET, "training.epochs=500", "alignment.epochs=[]")
    with started([*endless, "--output", str(folder)]) as launcher:
        while not list(folder.glob("process_1/checkpoints/*.npz")):
            assert launcher.poll() is None
            time.sleep(0.05)
    done = subprocess.run([sys.executable, "-m", "brainlearn", "resume", str(folder)], capture_output=True, text=True)
    assert done.returncode == 2
    assert f"torchrun --nproc-per-node 2 -m brainlearn resume {folder}" in done.stderr
