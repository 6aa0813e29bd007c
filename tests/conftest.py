"""One thread for every numerical library, set before any is imported; NumPy code in Brian2; few garbage collections."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["MPLBACKEND"] = "Agg"  # no test opens a window


gc.disable()  # while tests are collected: what they import stays


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _little_around() -> Iterator[None]:
    """Leave out garbage collections before each run, and what Brian2 does for scripts alone."""
    from brainlearn.brian.network_run import little_garbage
    from tests.quick_brian import quick_brian

    with little_garbage(), quick_brian():
        yield


@pytest.fixture(scope="module", autouse=True)
def _numpy_code() -> None:
    """Let scripts of plain Brian2 run as NumPy code, as brainlearn does: to compile one takes longer than any test."""
    from brian2 import prefs

    prefs.codegen.target = "numpy"
