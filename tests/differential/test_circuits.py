"""Stock delivery, shared delivery and the mirror do what plain Brian2 scripts do, on random circuits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.fuzz import fuzz

QUICK = (*range(20), 2011)  # the last has a variable that is called `array`, as arrays of Brian2's code begin
MANY = (*range(20, 40), *range(1000, 1500))
QUICK_AND_DIFFERENT = range(2100, 2110)
MANY_DIFFERENT = (*range(2110, 2120), *range(3000, 3200))


@pytest.mark.parametrize("number", QUICK)
def test_a_random_circuit_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path)


@pytest.mark.parametrize("number", QUICK_AND_DIFFERENT)
def test_a_random_circuit_whose_units_differ_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path, vary=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", MANY_DIFFERENT)
def test_a_further_circuit_whose_units_differ_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path, vary=True)


@pytest.mark.slow
@pytest.mark.parametrize("number", MANY)
def test_a_further_random_circuit_does_what_plain_brian_does(tmp_path: Path, number: int):
    fuzz(number, tmp_path)
