"""A search whose command is killed goes on with the same trials, and ends as if it had lived."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from brainlearn.processes.safe_python import safe_environment, this_brainlearn
from brainlearn.sweep.store import load_sweep_result
from tests.sweep.conftest import Files

SEARCH = """
set = { "dataset.validation" = 50, "training.samples" = 1200, "training.copies" = 300, "training.epochs" = 2 }
[search]
trials = 3
final_seeds = [8]
[search.arms.rule.space]
"rule.updates[0].size" = { low = 1e-3, high = 0.1, log = true }
[search.arms.backprop]
train = "backprop_through_time"
space = { "baselines.backprop_through_time.step_size" = { low = 1e-3, high = 0.1, log = true } }
"""
PATIENCE = 900  # seconds, on a machine that does much else


def command(file: Path, folder: Path) -> subprocess.Popen:
    asked = this_brainlearn("sweep", str(file), "--workers", "1", "--quiet", "--output", str(folder))
    return subprocess.Popen(asked, env=safe_environment(os.environ), start_new_session=True)


def wait_for(trials: int, folder: Path) -> None:
    """Wait until so many trials are there, and another one is under way."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        points = list((folder / "points").glob("*"))
        if sum(not point.name.startswith(".") for point in points) >= trials and len(points) > trials:
            return
        time.sleep(0.02)
    raise AssertionError("the search does not get on")


@pytest.mark.slow
def test_a_killed_search_ends_as_one_that_lived(sweep_file: Files, tmp_path: Path) -> None:
    file = sweep_file(SEARCH)
    for after in (1, 4):
        killed = command(file, tmp_path / "killed")
        wait_for(after, tmp_path / "killed")
        os.killpg(killed.pid, signal.SIGKILL)
        assert killed.wait(PATIENCE) == -signal.SIGKILL
    for name in ("killed", "whole"):
        assert command(file, tmp_path / name).wait(PATIENCE) == 0
    found, whole = (load_sweep_result(tmp_path / name) for name in ("killed", "whole"))
    assert (found["state"] == "complete").all()
    assert found.sizes == {"arm": 2, "trial": 3, "seed": 1}
    same = ["validation_error", "test_error", "rule_updates_0_size", "baselines_backprop_through_time_step_size", "run"]
    for name in same:
        assert found[name].identical(whole[name]), name
    assert np.isfinite(found["test_error"]).all()
    assert len(list((tmp_path / "killed" / "points").iterdir())) == 6 + 2
