"""What is counted over the rounds of an epoch, with numbers worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from brainlearn.tasks.stimulus_maker import Layout
from brainlearn.training.tally import Tally

STEPS = 10


class Played:
    """Stands in for a simulation: a stimulus, one population of four units, two items in a round of five copies."""

    def __init__(self, spiking: bool = True) -> None:
        def population(kind: str, size: int) -> SimpleNamespace:
            of = SimpleNamespace(size=size)
            return SimpleNamespace(population=of, spiking=spiking, steps=STEPS, model=SimpleNamespace(kind=kind))

        self.populations = {"retina/image": population("stimulus", 9), "V1/E": population("spiking", 4)}
        self.neuromodulation = {"V1/E": SimpleNamespace(per_copy={"goodness": None})}
        self.now = np.zeros((5, 4))

    def activity(self, path: str) -> np.ndarray:
        return self.now

    def broadcast(self, path: str, name: str) -> np.ndarray:
        return (self.now**2).mean(axis=1)


def tally_of(*rounds: list[list[float]], spiking: bool = True) -> Tally:
    played = Played(spiking)
    tally = Tally(played, Layout(2, neutral=False))
    for activity in rounds:
        played.now = np.array(activity)
        tally.add()
    return tally


# Copies: two positive, two negative, one without a part. Units: silent, saturated, and two in between.
FIRST = [[0, 1, 0.5, 0.0], [0, 1, 0.1, 0.0], [0.3, 0.2, 0, 0], [0, 0.2, 0, 0], [1, 1, 1, 1]]
SECOND = [[0, 1, 0.3, 0.0], [0, 1, 0.9, 0.4], [0, 0.0, 0, 0], [0, 0.0, 0, 0], [0, 0, 0, 0]]


def test_units_that_were_never_active_on_positive_presentations_are_silent():
    assert tally_of(FIRST).silent_percent() == {"V1/E": 50.0}
    assert tally_of(FIRST, SECOND).silent_percent() == {"V1/E": 25.0}


def test_units_that_spiked_in_every_step_are_saturated():
    assert tally_of(FIRST, SECOND).saturated_percent() == {"V1/E": 25.0}
    assert tally_of(FIRST, SECOND, spiking=False).saturated_percent() == {"V1/E": 0.0}


def test_activity_is_the_mean_of_positive_presentations_in_spikes_or_as_it_is():
    mean = (1 + 0.5 + 1 + 0.1 + 1 + 0.3 + 1 + 0.9 + 0.4) / 16
    assert tally_of(FIRST, SECOND).activity() == pytest.approx({"V1/E": mean * STEPS})
    assert tally_of(FIRST, SECOND, spiking=False).activity() == pytest.approx({"V1/E": mean})


def test_goodness_is_kept_apart_for_positive_and_negative_presentations():
    tally = tally_of(FIRST, SECOND)
    positive = np.mean(np.square([*FIRST[:2], *SECOND[:2]]))
    negative = np.mean(np.square([*FIRST[2:4], *SECOND[2:4]]))
    assert tally.goodness_positive() == pytest.approx({"V1/E": positive})
    assert tally.goodness_negative() == pytest.approx({"V1/E": negative})


def test_nothing_seen_is_no_goodness():
    assert tally_of().goodness_positive() == {"V1/E": 0.0}
