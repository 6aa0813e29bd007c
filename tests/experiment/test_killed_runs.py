"""Runs that are killed at random moments end, once resumed, as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.experiment.killed_runs import killed
from tests.experiment.tiny_runs import KINDS


def assert_all_equal(found: dict[str, Any], runs: int) -> None:
    assert found["wrong"] == []
    assert found["equal"] == runs
    assert found["kills"] >= 0.8 * runs  # the others had ended before their moment came
    assert found["with_checkpoints"] >= 0.6 * runs


@pytest.mark.slow
def test_two_killed_runs_end_like_the_run_without_a_stop(tmp_path: Path) -> None:
    assert_all_equal(killed(tmp_path, 1, 2, "poisson"), 2)


@pytest.mark.slow
def test_fifty_killed_runs_end_like_the_run_without_a_stop(tmp_path: Path) -> None:
    assert_all_equal(killed(tmp_path, 2, 50, *KINDS), 50)
