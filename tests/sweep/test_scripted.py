"""A sweep of an experiment that a script holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from brainlearn import Experiment, UserError, load_circuit, load_sweep_result, run, run_sweep
from tests.docs.markdown import ROOT
from tests.scripting.test_experiment import TABLES


def small(seed: int = 1, **changes: object) -> Experiment:
    circuit = load_circuit(ROOT / "brainlearn" / "starter" / "circuit.toml", {"V1/E": 20})
    return Experiment("small", circuit, **(TABLES | {"seed": seed} | changes))


def test_mistakes_of_every_point_come_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r'^sweep "small": grid\."training\.copies": out of range'):
        run_sweep(small(), tmp_path / "sweep", grid={"training.copies": [0, 40]})
    assert not (tmp_path / "sweep").exists()


def test_a_file_has_its_own_keys(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a sweep file has its own keys.*seeds"):
        run_sweep(tmp_path / "sweep.toml", seeds=[1, 2])


@pytest.mark.slow
def test_every_point_is_the_run_with_its_values(tmp_path: Path) -> None:
    found = run_sweep(small(), tmp_path / "sweep", workers=1, grid={"training.copies": [20, 40]}, seeds=[1, 2])
    assert dict(found.sizes) == {"training_copies": 2, "seed": 2} | {
        name: size for name, size in found.sizes.items() if name not in ("training_copies", "seed")
    }
    alone = run(small(2, training={**TABLES["training"], "copies": 20}))["test"].to_dataset()
    error = 100 * float((alone["prediction"] != alone["true_label"]).mean())
    assert np.isclose(found["test_error"].sel(training_copies=20, seed=2), error)
    assert load_sweep_result(tmp_path / "sweep")["test_error"].equals(found["test_error"])


@pytest.mark.slow
def test_workers_leave_a_script_without_a_guard_alone(tmp_path: Path) -> None:
    small().save(tmp_path / "experiment.toml")
    script = tmp_path / "script.py"
    lines = (
        "from pathlib import Path",
        "from brainlearn import load_experiment, run_sweep",
        "Path('times.txt').open('a').write('once')",
        "found = run_sweep(load_experiment('experiment.toml'), 'sweep', workers=1, seeds=[1])",
        "print(float(found['test_error'][0]))",
    )
    script.write_text("\n".join(lines), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert 0 <= float(done.stdout) <= 100
    assert (tmp_path / "times.txt").read_text() == "once"
