"""Both deliveries learn, by random rules, what a plain Brian2 script learns whose weights are NumPy arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.fuzz import fuzz

QUICK = range(8)
MANY = range(8, 108)


@pytest.mark.parametrize("number", QUICK)
def test_a_random_circuit_learns_what_a_plain_script_learns(tmp_path: Path, number: int):
    fuzz(number, tmp_path, learning=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", MANY)
def test_a_further_random_circuit_learns_what_a_plain_script_learns(tmp_path: Path, number: int):
    fuzz(number, tmp_path, learning=True)
