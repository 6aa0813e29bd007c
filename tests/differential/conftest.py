"""Quiet and quick construction of many small Brian2 networks."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from brian2 import BrianLogger, prefs

from brainlearn.mirror import Mirror  # noqa: F401  torch and Brian2 are in memory before it is frozen


@pytest.fixture(autouse=True)
def _plain_preferences() -> Iterator[None]:
    """Spare what is in memory from the garbage collection that Brian2 does whenever a network runs."""
    before = prefs.codegen.target, prefs.core.default_float_dtype
    BrianLogger.log_level_error()  # the names and flags of the fuzzer are what Brian2 warns of
    gc.freeze()
    yield
    prefs.codegen.target, prefs.core.default_float_dtype = before
    BrianLogger.log_level_warn()
