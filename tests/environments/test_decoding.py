"""Decoders: what activity says is done."""

from __future__ import annotations

import numpy as np

from brainlearn.environments.acting import Decoding
from brainlearn.environments.spaces import Box, Discrete

RNG = np.random.default_rng(3)
TWO = [np.array([[1.0, 0.0], [2.0, 2.0], [0.0, 0.0]]), np.array([[1.0, 1.0, 1.0], [0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])]


def test_the_most_active_population_acts_by_its_mean() -> None:
    decoding = Decoding("argmax", Discrete(2))
    assert decoding.actions(TWO, RNG)[:2].tolist() == [1, 0]


def test_one_of_equals_is_drawn() -> None:
    tied = [np.zeros((4000, 1))] * 4
    counts = np.bincount(Decoding("argmax", Discrete(4)).actions(tied, RNG), minlength=4)
    assert counts.min() > 900  # 1000 ± 27


def test_one_population_is_shared_by_the_actions_in_equal_parts() -> None:
    activity = [np.array([[0.0, 1.0, 5.0, 0.0, 2.0, 2.0]])]
    assert Decoding("argmax", Discrete(3)).actions(activity, RNG).tolist() == [1]


def test_softmax_draws_in_proportion_to_the_exponential() -> None:
    activity = [np.full((20_000, 1), value) for value in (0.0, 1.0, 2.0)]
    counts = np.bincount(Decoding("softmax", Discrete(3), temperature=0.5).actions(activity, RNG))
    expected = np.exp([0.0, 2.0, 4.0])
    np.testing.assert_allclose(counts / 20_000, expected / expected.sum(), atol=0.01)


def test_a_population_vector_of_one_number_is_the_mean_of_preferred_values() -> None:
    activity = [np.array([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]])]  # -1, 1 and 3; without activity the middle
    found = Decoding("population_vector", Box((-1.0,), (3.0,))).actions(activity, RNG)
    np.testing.assert_allclose(found, [[2.5], [1.0]])


def test_a_population_vector_of_two_numbers_points_where_units_do() -> None:
    space = Box((-1.0, -1.0), (1.0, 1.0))
    activity = [np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])]
    found = Decoding("population_vector", space).actions(activity, RNG)
    np.testing.assert_allclose(found, [[1, 0], [0, 1], [0.5, 0.5], [0, 0]], atol=1e-12)
