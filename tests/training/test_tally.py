"""What is counted over the rounds of an epoch, with numbers worked out by hand."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

from brainlearn.brian.share import ALONE
from brainlearn.training.tally import Tally

STEPS = 10


class Played:
    """Plays a learner: one population of four units, two items in a round of five copies."""

    steps, loss, share = STEPS, 0.5, ALONE

    def __init__(self, spiking: bool = True) -> None:
        self.spiking = spiking
        self.now = np.zeros((5, 4))

    def units(self) -> tuple[dict[str, int], tuple[str, ...]]:
        return {"V1/E": 4}, ("V1/E",) if self.spiking else ()

    def own_activity(self, path: str) -> np.ndarray:
        return self.now

    def contrasted(self) -> dict[str, np.ndarray]:
        return {"V1/E": (self.now**2).mean(axis=1)}


def tally_of(*rounds: list[list[float]], spiking: bool = True) -> Tally:
    played = Played(spiking)
    tally = Tally(played, slice(0, 2), (slice(0, 2), slice(2, 4)))
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


def test_processes_join_what_their_copies_did():
    played, tallies = [Played(), Played()], []
    for rank, each in enumerate(played):
        each.share = Mock(rank=rank, size=2, own=lambda values, rank=rank: values[rank::2])
        tallies.append(Tally(each, slice(0, 2), (slice(0, 2), slice(2, 4))))
        for activity in (FIRST, SECOND):
            each.now = np.array(activity)[rank::2]
            tallies[rank].add()
    theirs = tallies[1].state()
    sums = iter([theirs[name] / 2 for name in ("units/total/V1/E", "positive/V1/E", "negative/V1/E")])
    extremes = iter([theirs["units/most/V1/E"], theirs["units/least/V1/E"]])
    played[0].share.total = lambda values: values + next(sums)
    played[0].share.all_of = lambda values, copies: np.concatenate([values, next(extremes)[None]])
    joined, whole = tallies[0], tally_of(FIRST, SECOND)
    joined.join()
    assert joined.activity() == pytest.approx(whole.activity())
    assert joined.goodness_positive() == pytest.approx(whole.goodness_positive())
    assert joined.goodness_negative() == pytest.approx(whole.goodness_negative())
    assert (joined.silent_percent(), joined.saturated_percent()) == (whole.silent_percent(), whole.saturated_percent())


def test_nothing_seen_is_no_goodness():
    assert tally_of().goodness_positive() == {}


def test_without_a_contrast_no_goodness_is_tallied():
    tally = Tally(Played(), slice(0, 2))
    tally.add()
    assert tally.goodness_positive() == tally.goodness_negative() == {}
    assert np.isnan(tally.goodness_of(["V1/E"])).all()


def test_losses_are_averaged_and_saved():
    tally, again = tally_of(FIRST, SECOND), tally_of()
    assert tally.loss() == 0.5
    again.restore({name: np.array(array) for name, array in tally.state().items()})
    assert (again.loss(), again.rounds) == (0.5, 2)
    assert again.goodness_positive() == tally.goodness_positive()
    assert again.activity() == tally.activity()
