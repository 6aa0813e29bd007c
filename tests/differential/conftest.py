"""Quiet construction of many small Brian2 networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brian2 import BrianLogger, prefs


@pytest.fixture(autouse=True)
def _plain_preferences() -> Iterator[None]:
    """Put back what the scripts of the fuzzer set."""
    before = prefs.codegen.target, prefs.core.default_float_dtype
    BrianLogger.log_level_error()  # the names and flags of the fuzzer are what Brian2 warns of
    yield
    prefs.codegen.target, prefs.core.default_float_dtype = before
    BrianLogger.log_level_warn()
