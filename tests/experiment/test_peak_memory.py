"""The peak of memory grows with what is held, and leaves out what was held for measuring."""

from __future__ import annotations

import resource
from pathlib import Path

import numpy as np
import pytest

from brainlearn.running.peak_memory import PeakMemory

BLOCK = 100.0  # MB


def hold() -> np.ndarray:
    """Return a block of memory that has been written to, so that it is resident."""
    return np.ones(int(BLOCK * 1e6 / 8))


def can_begin_anew() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


anew = pytest.mark.skipif(not can_begin_anew(), reason="this system does not let a process reset its peak")


@pytest.fixture
def memory() -> PeakMemory:
    """Peak memory from now on, not from the tests before."""
    can_begin_anew()
    return PeakMemory()


def test_a_process_holds_some_memory(memory: PeakMemory) -> None:
    assert memory.mb() > 10


@anew
def test_the_peak_grows_by_what_is_held(memory: PeakMemory) -> None:
    before = memory.mb()
    block = hold()
    assert memory.mb() - before == pytest.approx(BLOCK, abs=0.3 * BLOCK)
    del block


@anew
def test_the_peak_stays_when_memory_is_given_back(memory: PeakMemory) -> None:
    before = memory.mb()
    hold()
    assert memory.mb() - before > 0.7 * BLOCK


@anew
def test_what_is_held_for_measuring_is_left_out(memory: PeakMemory) -> None:
    before = memory.mb()
    with memory.left_out():
        hold()
    assert memory.mb() - before < 0.3 * BLOCK


@anew
def test_what_was_held_before_measuring_is_not_forgotten(memory: PeakMemory) -> None:
    before = memory.mb()
    hold()
    with memory.left_out():
        pass
    assert memory.mb() - before > 0.7 * BLOCK


@anew
def test_what_is_held_after_measuring_counts(memory: PeakMemory) -> None:
    before = memory.mb()
    with memory.left_out():
        hold()
    block = hold()
    assert memory.mb() - before > 0.7 * BLOCK
    del block


def test_a_fault_while_measuring_is_passed_on(memory: PeakMemory) -> None:
    with pytest.raises(ZeroDivisionError), memory.left_out():
        raise ZeroDivisionError


@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_other_systems_give_the_peak_since_the_process_began(
    monkeypatch: pytest.MonkeyPatch, platform: str, unit: int
) -> None:
    def refuse(self: Path, *content: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr("psutil.MACOS", platform == "darwin")
    memory = PeakMemory()
    with memory.left_out():
        pass
    assert memory.mb() == pytest.approx(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, rel=0.05)
