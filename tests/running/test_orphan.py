"""A baseline ends with the run that began it, however that ends, and the run goes on another time."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from brainlearn.cli import main
from brainlearn.results.run_folder import RunFolder
from tests.experiment.tiny_runs import tiny
from tests.running.commands import begin, until

CHANGES = ("training.epochs=1", "training.samples=40", "baselines.backprop_through_time.epochs=40")


@pytest.mark.slow
def test_a_killed_command_takes_its_baseline_with_it_and_is_resumed(tmp_path: Path) -> None:
    tiny(tmp_path, "targets", *CHANGES)
    changes = [each for change in CHANGES for each in ("--set", change)]
    process = begin(tmp_path / "bin", ["run", "experiment.toml", *changes, "--output", "run"], tmp_path)
    folder = RunFolder(tmp_path / "run")
    baseline = folder.baseline("backprop_through_time")
    until(lambda: process.poll() is not None or baseline.holder() is not None)
    holder = baseline.holder()
    assert holder is not None, process.communicate()
    orphan = int(holder.process)
    assert orphan != process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    until(lambda: not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE, 30)
    assert baseline.unfinished() is not None  # it did not just come to its own end
    assert main(["resume", str(folder), "--quiet"]) == 0
    assert folder.unfinished() is None
    assert baseline.read_summary()["epochs"] == 40
