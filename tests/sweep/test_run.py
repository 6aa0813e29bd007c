"""Points run on the workers of a cluster: whole or not at all, once, and the same wherever they run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from distributed import Client
from distributed.scheduler import KilledWorker, WorkerState
from xarray import Dataset, open_dataset

from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.store import load_result
from brainlearn.running import run_record
from brainlearn.sweep.cluster import client_of
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.point import folder_of
from brainlearn.sweep.progress import PointDone
from brainlearn.sweep.run import message_of, run_sweep
from brainlearn.sweep.store import load_sweep_result
from brainlearn.training.progress import Silent
from tests.sweep.conftest import Files

GRID = '[grid]\n"rule.updates[0].size" = [0.01, 0.02]\n'
LONGER_GRID = '[grid]\n"rule.updates[0].size" = [0.01, 0.02, 0.04]\n'


@pytest.fixture(scope="module")
def workers() -> Iterator[Client]:
    with client_of(1, None, 2) as client:
        yield client


@contextlib.contextmanager
def nobody() -> Iterator[Client]:
    """Stand for workers that nothing may be asked of."""
    raise AssertionError("something was computed again")
    yield


class Listener:
    """Remembers what a sweep said."""

    def __init__(self) -> None:
        self.done: list[PointDone] = []

    def started(self, title: str, done: int, total: int) -> None:
        self.began_with = (done, total)

    def point_done(self, point: PointDone) -> None:
        self.done.append(point)


def test_results_are_written_beside_a_client(tmp_path: Path, workers: Client) -> None:
    data = Dataset({"error": ("seed", [1.0, 2.0])})
    with workers.as_current():  # as a user's own client would be
        write_netcdf(data, tmp_path / "few.nc")
    assert open_dataset(tmp_path / "few.nc", engine="h5netcdf").load().equals(data)


def test_a_sweep_computes_every_point_once(sweep_file: Files, tmp_path: Path, workers: Client) -> None:
    sweep, folder = load_sweep(sweep_file(f"seeds = [1, 2]\n{GRID}")), tmp_path / "out"
    dataset = run_sweep(sweep, folder, contextlib.nullcontext(workers))
    assert dataset["test_error"].dims == ("rule_updates_0_size", "seed")
    assert dataset["rule_updates_0_size"].values.tolist() == [0.01, 0.02]
    assert dataset["seed"].values.tolist() == [1, 2]
    assert np.isfinite(dataset["test_error"]).all()
    assert (dataset["message"] == "").all()
    assert load_sweep_result(folder).equals(dataset)

    # as one run alone in this process
    where = {"rule_updates_0_size": 0.02, "seed": 2}
    changes = {"rule.updates[0].size": 0.02, "seed": 2}
    alone = run_record(load_experiment(tmp_path / "experiment.toml", changes), None, Silent())
    tree = load_result(folder / str(dataset["run"].sel(where).item()))
    for name, weights in alone.weights.items():
        in_sweep = tree["weights"].children[name.replace("/", ".")]["final"].values
        assert np.array_equal(in_sweep, weights.final.astype(in_sweep.dtype))
    assert alone.test is not None
    wrong = 100 * np.mean(alone.test.prediction != alone.test.label)
    assert dataset["test_error"].sel(where).item() == pytest.approx(wrong)

    # again: everything is there; what another run of a point left is removed
    (folder / "points" / f".{sweep.points[0].name}.0.part").mkdir()
    assert run_sweep(sweep, folder, nobody()).equals(dataset)

    # more points: only these are computed, and one that cannot be written is a row with its message
    more, listener = load_sweep(sweep_file(f"seeds = [1, 2]\n{LONGER_GRID}")), Listener()
    in_the_way = folder_of(folder, more.points[-1])
    in_the_way.write_text("a file")
    longer = run_sweep(more, folder, contextlib.nullcontext(workers), watcher=listener)
    assert (listener.began_with, len(listener.done)) == ((4, 6), 2)
    assert longer.sel(rule_updates_0_size=[0.01, 0.02])["test_error"].equals(dataset["test_error"])
    failed = longer.sel(rule_updates_0_size=0.04, seed=2)
    assert np.isnan(failed["test_error"])
    assert "NotADirectoryError" in str(failed["message"].item())
    assert failed["run"].item() == ""
    assert [bool(point.message) for point in sorted(listener.done, key=lambda point: point.name)] == [False, True]
    assert np.isfinite(longer["test_error"].sel(rule_updates_0_size=0.04, seed=1))
    assert longer.attrs["points_without_result"] == 1
    assert not list((folder / "points").glob(".*"))

    # and once nothing is in its way, it is computed
    in_the_way.unlink()
    assert run_sweep(more, folder, contextlib.nullcontext(workers)).attrs["points_without_result"] == 0


def test_a_folder_that_holds_something_else_is_left_alone(sweep_file: Files, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="the run folder is in use"):
        run_sweep(load_sweep(sweep_file("seeds = [1]")), tmp_path / "out", nobody())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["notes.txt"]


def test_a_point_that_kills_its_workers_is_told_from_one_that_fails() -> None:
    error = KilledWorker("point", WorkerState.__new__(WorkerState), 4)
    killed = SimpleNamespace(status="error", exception=lambda: error)
    assert message_of(killed) == "its worker died repeatedly: is there enough memory?"
    assert message_of(SimpleNamespace(status="error", exception=lambda: ValueError("hot"))) == "ValueError: hot"
    assert (
        message_of(SimpleNamespace(status="cancelled", exception=lambda: None)) == "the cluster gave it up (cancelled)"
    )


def test_a_scheduler_that_is_not_there_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brainlearn.sweep.cluster.CONNECTING", 0.2)
    with (
        pytest.raises(UserError, match="no answer"),
        client_of(None, "tcp://127.0.0.1:9", 1),
    ):
        pass
    with pytest.raises(UserError, match="--scheduler nonsense"), client_of(None, "nonsense", 1):
        pass
