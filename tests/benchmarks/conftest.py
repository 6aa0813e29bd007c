"""Benchmarks set Brian2's preferences as they need them; other tests of the same process keep theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from brian2 import prefs


@pytest.fixture(autouse=True, scope="module")
def preferences_come_back() -> Iterator[None]:
    """Put the precision and the target back."""
    before = prefs.codegen.target, prefs.core.default_float_dtype
    yield
    prefs.codegen.target, prefs.core.default_float_dtype = before
