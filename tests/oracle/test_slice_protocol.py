"""The slice protocol of experiment 07, smaller: which rule changes synapses as CA1 does (Jang et al. 2026)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "experiments" / "07_slice_protocol"
SMALL = 1e-6  # step size: no weight changes what the neurons do, so changes are in proportion


@pytest.fixture(scope="module")
def protocol() -> Iterator[ModuleType]:
    sys.path.insert(0, str(FOLDER))
    try:
        import protocol

        yield protocol
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("protocol", None)


def changes(protocol: ModuleType, name: str, side: int) -> dict[str, float]:
    """Return the mean change after two trials of every condition, 1 being that of rising rates."""
    found = {
        condition.name: protocol.change(condition, protocol.READINGS[name], SMALL, 11 + k, side, trials=2).mean()
        for k, condition in enumerate(protocol.CONDITIONS)
    }
    return {name: change / abs(found["25→50"]) for name, change in found.items()}


def test_kinase_changes_synapses_as_slices_do(protocol):
    found = changes(protocol, "kinase", side=40)
    assert found["25→50"] > 0 > found["50→25"]
    assert -1 / found["50→25"] == pytest.approx(1.6, abs=0.4)  # measured: 0.42 over 0.27
    assert abs(found["25→25"]) < 1 / 3
    assert abs(found["50→50"]) < 1 / 3


@pytest.mark.slow
def test_a_hebbian_synapse_changes_most_where_slices_change_least(protocol):
    found = changes(protocol, "hebb", side=14)
    assert found["50→25"] == pytest.approx(1.0, abs=0.1)
    assert found["50→50"] == max(found.values())


@pytest.mark.slow
def test_reading_every_step_takes_onsets_for_learning(protocol):
    found = changes(protocol, "kinase_continuous", side=14)
    assert found["50→50"] == max(found.values())
    assert found["50→25"] > 0


def test_both_sides_are_driven_at_the_rates_of_the_condition(protocol):
    found = protocol.traces(protocol.RISING, seed=3, side=30)
    for half, rate in ((slice(0, 100), 25), (slice(100, 200), 50)):
        assert found["pre"][half].mean() * 1000 == pytest.approx(rate, rel=0.06)
        assert found["post"][half].mean() * 1000 == pytest.approx(rate, rel=0.06)
    assert not found["pre"][200:].any()
    assert np.argmax(found["fast"] - found["slow"]) > 100
