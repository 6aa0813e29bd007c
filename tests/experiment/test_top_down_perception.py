"""Experiment 20: a glyph between two letters is read by its context; digits with hidden strips."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from tests.experiment.scripts import imported


@pytest.fixture(scope="module")
def reading() -> Iterator[ModuleType]:
    with imported("20_top_down_perception", "reading") as (module,):
        yield module


def test_only_the_context_says_which_letter_makes_a_word(reading):
    made = {
        letter: [context.replace("_", other) in reading.WORDS for context in contexts for other in "HA"]
        for letter, contexts in reading.CONTEXTS.items()
    }
    assert made == {"H": [True, False] * 3, "A": [False, True] * 3, "both": [True, True]}


def test_a_likeness_is_positive_for_what_is_like_an_a(reading):
    h, a = np.array([1.0, 0, 0, 1]), np.array([0, 1.0, 0, 1])
    found = reading.likeness(np.array([[h, a], [(h + a) / 2, np.zeros(4)]]), np.array([h, a]))
    assert found.shape == (2, 2)
    assert found[0, 0] < 0 < found[0, 1]
    np.testing.assert_allclose(found[1], 0, atol=1e-12)


def test_cut_weights_let_no_context_through_and_shuffled_ones_are_the_same_numbers(reading):
    learned = reading.learn(1, rounds=2, copies=10)
    off, shuffled = (reading.with_top_down(learned, each) for each in ("off", "shuffled"))
    for name in reading.DOWN:
        weights, dealt = learned.wiring[name].weights, shuffled.wiring[name].weights
        np.testing.assert_array_equal(np.sort(weights, axis=None), np.sort(dealt, axis=None))
        assert (weights != dealt).any()
    images = reading.stimuli(["T_E", "C_T"], np.random.default_rng(1))
    images["retina/second"][:] = reading.stimuli(["_H_"] * 2, np.random.default_rng(2))["retina/second"][:1]
    activity, _ = reading.watch(off, images)
    assert activity.max() > 0
    np.testing.assert_array_equal(activity[:, 0], activity[:, 1])


@pytest.mark.slow
def test_the_context_turns_the_reading_with_top_down_weights_only(reading):
    found = reading.read(reading.learn(1, rounds=150), [0.5], items=20)
    turned = {
        top_down: np.mean([np.mean(each[x][reading.SETTLED].mean(0) > 0) for x in "A"])
        - np.mean([np.mean(each[x][reading.SETTLED].mean(0) > 0) for x in "H"])
        for top_down, each in found.items()
    }
    assert turned["on"] > 0.3
    assert abs(turned["off"]) < 0.15


@pytest.mark.slow
def test_hiding_a_part_of_a_digit_makes_errors():
    with imported("20_top_down_perception", "occluded") as (occluded,):
        found = occluded.errors(occluded.KINDS["spiking"], 1, (0, 4), epochs=3)
    assert all(whole < hidden for whole, hidden in found.values())
    assert found["on"][0] < found["never"][0] < 90
