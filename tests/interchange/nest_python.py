"""A Python that has NEST: the one of the tests, or the one that NEST_PYTHON names."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np
import pytest

from brainlearn.processes.safe_python import safe_environment

WANTED = 'no NEST here: pip install ".[nest]", or NEST_PYTHON=/path/to/a/python that has it'
PATIENCE = 300.0  # s

Train = tuple[list[int], list[int]]


@cache
def nest_python() -> str:
    """Return a Python that has NEST and h5py; skip the test if there is none."""
    python = os.environ.get("NEST_PYTHON", sys.executable)
    done = subprocess.run([python, "-c", "import h5py, nest"], capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode:
        pytest.skip(WANTED)
    return python


def simulate_in_nest(folder: Path, dt: float, *options: str) -> dict[str, list[tuple[int, int]]]:
    """Run an export's own script.

    Parameters
    ----------
    folder : Path
        Of SONATA.
    dt : float
        Time step [ms].
    *options : str
        Of the script.

    Returns
    -------
    dict of str to list of (int, int)
        By population of SONATA: the step and the unit of every spike, sorted. A spike that NEST writes at the end of a
        step is one of that step.
    """
    command = [nest_python(), str(folder / "simulate_in_nest.py"), *options]
    done = subprocess.run(
        command, env=safe_environment(os.environ), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = {}
    with h5py.File(folder / "output" / "spikes.h5", "r") as file:
        for name, group in file["spikes"].items():
            steps = np.rint(group["timestamps"][:] / dt).astype(int) - 1
            found[name] = sorted(zip(steps.tolist(), group["node_ids"][:].astype(int).tolist(), strict=True))
    return found
