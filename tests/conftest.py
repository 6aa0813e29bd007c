"""One thread for every numerical library, set before any is imported; little that Brian2 collects as garbage."""

from __future__ import annotations

import gc
import os

import pytest

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ["MPLBACKEND"] = "Agg"  # no test opens a window


@pytest.fixture(scope="module", autouse=True)
def _little_garbage() -> None:
    """Spare what modules have imported from the garbage collection that Brian2 does whenever a network first runs."""
    gc.collect()
    gc.freeze()
