"""A small run with everything a run can record."""

from __future__ import annotations

import pytest

from brainlearn.results.record import RunRecord
from tests.results.small_run import make_record


@pytest.fixture
def record() -> RunRecord:
    return make_record()
