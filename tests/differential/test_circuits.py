"""Stock delivery, shared delivery and the mirror do what plain Brian2 scripts do, on random circuits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.fuzz import fuzz

QUICK = range(40)
MANY = range(1000, 1500)


@pytest.mark.parametrize("number", QUICK)
def test_a_random_circuit_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", MANY)
def test_a_further_random_circuit_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path)
