"""Quick construction of many small Brian2 networks."""

from __future__ import annotations

import gc

import pytest

from brainlearn.mirror import Mirror  # noqa: F401  torch and Brian2 are in memory before it is frozen


@pytest.fixture(autouse=True)
def _little_garbage() -> None:
    """Spare what is in memory from the garbage collection that Brian2 does whenever a network runs."""
    gc.freeze()
