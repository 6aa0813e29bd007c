"""The fuzzer finds each fault that the package once had, when it is put back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.differential.faults import FAULTS

CIRCUITS = 200  # numbers that agree without the fault, as the other tests show


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_is_put_back_is_found(fault: str):
    command = [sys.executable, "-m", "tests.differential.faults", fault, "--circuits", str(CIRCUITS)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_every_kind_of_fault_is_there():
    assert {fault.number for fault in FAULTS.values()} == set(range(1, 9))
