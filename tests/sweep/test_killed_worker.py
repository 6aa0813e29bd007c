"""A worker that is killed loses nothing: its point is computed again, and all results are as if it had lived."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from brainlearn.results.folder_lock import LOCK
from brainlearn.results.store import load_result
from brainlearn.sweep.cluster import client_of
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.progress import PointDone, SilentSweep
from brainlearn.sweep.run import run_sweep
from tests.sweep.conftest import Files

POINTS = """
seeds = [1, 2, 3, 4]
set = { "training.epochs" = 3, "training.copies" = 300, "training.samples" = 1200 }
[grid]
"rule.updates[0].size" = [0.005, 0.01, 0.02]
"sizes.V1/E" = [8, 16]
"""
TIMES = ("train_seconds",)


class Killer(SilentSweep):
    """Kills a worker in the midst of its run, after some points."""

    def __init__(self, folder: Path, after: int) -> None:
        self.folder, self.after, self.killed = folder, after, 0

    def point_done(self, point: PointDone) -> None:
        if point.done < self.after or self.killed:
            return
        for lock in (self.folder / "points").glob(f".*.part/{LOCK}"):
            self.killed = int(json.loads(lock.read_text(encoding="utf-8"))["process"])
            os.kill(self.killed, signal.SIGKILL)
            return


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(sweep_file: Files, tmp_path: Path) -> None:
    sweep = load_sweep(sweep_file(POINTS))
    assert len(sweep.points) == 24
    killer = Killer(tmp_path / "killed", after=8)
    killed = run_sweep(sweep, tmp_path / "killed", client_of(2, None, 24), watcher=killer)
    assert killer.killed
    with pytest.raises(ProcessLookupError):
        os.kill(killer.killed, 0)
    whole = run_sweep(sweep, tmp_path / "whole", client_of(2, None, 24))
    assert (killed["message"] == "").all()
    assert np.isfinite(killed["test_error"]).sum() == 24
    assert killed.drop_vars(TIMES).identical(whole.drop_vars(TIMES).assign_attrs(killed.attrs))
    for point in sweep.points:
        one, other = (load_result(tmp_path / name / "points" / point.name) for name in ("killed", "whole"))
        assert one["weights"].identical(other["weights"])
        assert one["test"].ds["prediction"].identical(other["test"].ds["prediction"])
    assert not list((tmp_path / "killed" / "points").glob(".*"))
