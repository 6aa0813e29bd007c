"""No process that a command starts executes code of the folder where the command is called."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn.processes.safe_python import python, safe_environment, this_brainlearn
from brainlearn.results.run_folder import RunFolder, Unfinished
from brainlearn.sweep.store import load_sweep_result
from tests.experiment.tiny_runs import tiny
from tests.running.commands import begin
from tests.sweep.conftest import EXPERIMENT

MODULES = ("brainlearn", "nir", "torch", "numpy", "brian2", "multiprocessing", "distributed", "json", "sitecustomize")
SHORT = ("training.epochs=1", "training.samples=40", "readout.test=false")
SWEEP = 'name = "tiny_sweep"\nexperiment = "experiment.toml"\nseeds = [1]\n'


def lay_traps(folder: Path) -> Path:
    """Write modules that leave a trace when they are executed, and end their process as if all were well."""
    trace = folder / "executed"
    for name in MODULES:
        text = f"open({str(trace)!r}, 'a').write({name + ' '!r})\nimport os\nos._exit(0)\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return trace


def a_run_with_a_baseline(folder: Path) -> list[str]:
    tiny(folder, "targets")
    changes = [each for change in SHORT for each in ("--set", change)]
    return ["run", "experiment.toml", *changes, "--output", "run"]


def check_run(folder: Path) -> None:
    run = RunFolder(folder / "run")
    assert run.unfinished() is None
    assert run.baseline("backprop_through_time").read_summary()["engine"] == "mirror"


def a_baseline_to_resume(folder: Path) -> list[str]:
    from brainlearn.running import run_to_folder

    experiment, _ = tiny(folder, "targets", "training.epochs=1", "training.samples=40")
    run_to_folder(experiment, folder / "run", then=["backprop_through_time"])
    assert RunFolder(folder / "run").unfinished() == Unfinished(None, ("backprop_through_time",), ended=True)
    return ["resume", "run"]


def a_sweep(folder: Path) -> list[str]:
    (folder / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    (folder / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return ["sweep", "sweep.toml", "--workers", "1", "--output", "swept"]


def check_sweep(folder: Path) -> None:
    assert load_sweep_result(folder / "swept").attrs["points_without_result"] == 0


def a_circuit_of_nir(folder: Path) -> list[str]:
    nir = pytest.importorskip("nir")
    import numpy as np

    ones = np.ones(2)
    neuron = nir.LIF(tau=0.02 * ones, r=ones, v_leak=0 * ones, v_threshold=ones)
    nodes = {
        "input": nir.Input({"input": np.array([3])}),
        "in": nir.Linear(np.ones((2, 3))),
        "V1": neuron,
        "output": nir.Output({"output": np.array([2])}),
    }
    nir.write(folder / "model.nir", nir.NIRGraph(nodes, [("input", "in"), ("in", "V1"), ("V1", "output")]))
    return ["import", "model.nir", "--dt", "1 ms", "--output", "circuit.toml"]


def check_circuit(folder: Path) -> None:
    assert "[[projections]]" in (folder / "circuit.toml").read_text(encoding="utf-8")


STARTING_PROCESSES = {
    "run": (a_run_with_a_baseline, check_run),
    "resume": (a_baseline_to_resume, check_run),
    "sweep": (a_sweep, check_sweep),
    "import": (a_circuit_of_nir, check_circuit),
}


@pytest.mark.parametrize(
    "name", ["run", *(pytest.param(n, marks=pytest.mark.slow) for n in ("resume", "sweep")), "import"]
)
def test_modules_in_the_working_folder_are_not_executed(tmp_path: Path, name: str) -> None:
    make: Callable[[Path], list[str]]
    make, check = STARTING_PROCESSES[name]
    folder = tmp_path / "work"
    folder.mkdir()
    arguments = make(folder)
    trace = lay_traps(folder)
    output, errors = (process := begin(tmp_path / "bin", arguments, folder)).communicate(timeout=900)
    assert not trace.exists(), trace.read_text()
    assert process.returncode == 0, output + errors
    check(folder)


def test_the_traps_work(tmp_path: Path) -> None:
    import subprocess
    import sys

    trace = lay_traps(tmp_path)
    subprocess.run([sys.executable, "-c", "import nir"], cwd=tmp_path, check=True)
    assert "nir" in trace.read_text()


def test_the_package_that_runs_is_the_one_that_is_started(tmp_path: Path) -> None:
    import subprocess

    lay_traps(tmp_path)
    environment = safe_environment({**os.environ, "PYTHONPATH": os.pathsep + "."})
    done = subprocess.run(
        [*this_brainlearn("list", "rules")], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "forward_forward" in done.stdout
    assert not (tmp_path / "executed").exists()


def test_a_baseline_without_a_result_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from brainlearn.mistakes import UserError
    from brainlearn.running import baselines

    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    folder.mark_unfinished(Unfinished(None, ("backprop_through_time",), ended=True))
    monkeypatch.setattr(baselines, "this_brainlearn", lambda *arguments: python("-c", "pass"))
    with pytest.raises(
        UserError, match=r"ended without a result; found exit code 0\. Resume it with: brainlearn resume"
    ):
        baselines.run_baselines(folder, ["backprop_through_time"], None, True, print)
    assert folder.unfinished() is not None
    shutil.rmtree(folder.path)
