"""Experiment 22: films of digits, and what is chosen as the next frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit.wiring import wire
from tests.experiment.scripts import imported


@pytest.fixture(scope="module")
def motion() -> Iterator[ModuleType]:
    with imported("22_moving_images", "motion") as (module,):
        yield module


def test_a_straight_film_is_one_image_that_shifts_by_one_direction(motion):
    film = motion.straight(motion.data().images[:8], np.random.default_rng(1))
    frames = [frame.reshape(-1, motion.SIDE, motion.SIDE) for frame in film.frames()]
    assert len(frames) == motion.FRAMES
    for k, move in enumerate(motion.DIRECTIONS[film.moves[:, 0]]):
        for before, after in pairwise(frames):
            np.testing.assert_array_equal(np.roll(before[k], move, axis=(0, 1)), after[k])


def test_a_negative_film_begins_alike_and_never_moves_on_in_the_same_direction(motion):
    rng = np.random.default_rng(1)
    film = motion.straight(motion.data().images[:50], rng)
    turning = motion.turning(film, rng)
    for one, other in zip(film.frames()[: motion.KNOWN], turning.frames(), strict=False):
        np.testing.assert_array_equal(one, other)
    assert (turning.moves[:, 1:] != turning.moves[:, :-1]).all()
    assert set(turning.moves.ravel()) == set(range(8))


def test_before_learning_the_last_frame_is_the_only_thing_that_differs(motion):
    circuit = load_circuit(motion.CIRCUIT)
    loud = motion.loudness(motion.without(wire(circuit, 1), motion.LATERAL + motion.TOP_DOWN), 4, 1, items=4)
    assert loud.shape == (4, 9)
    assert len(set(loud[0])) == 9
    assert motion.chosen_right(np.array([[3.0, 1, 1, 1, 1, 1, 1, 1, 9], [0, 1, 0, 0, 0, 0, 0, 0, 0]]), 1) == 50


@pytest.mark.slow
@pytest.mark.parametrize("sense", [1, -1])
def test_the_next_frame_is_expected_once_the_direction_can_be_known(motion, sense):
    wiring = motion.learn(sense, 1, epochs=5)
    chosen = [motion.chosen_right(motion.loudness(wiring, frame, 1, 100), sense) for frame in (2, 6)]
    assert chosen[0] < 22
    assert chosen[1] > 30
