"""Experiment 21: a change at the top comes down one level a step; the gradient is everywhere at once."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit.wiring import wire
from tests.experiment.scripts import imported

# Copies that are shown the same differ by less: a matrix product may sum each row in another order.
ROUNDING = 1e-5


@pytest.fixture(scope="module")
def relaxation() -> Iterator[ModuleType]:
    with imported("21_back_relaxation", "relaxation") as (module,):
        yield module


def test_the_distance_is_0_of_the_same_and_about_root_2_of_unrelated_things(relaxation):
    one, other = np.random.default_rng(1).normal(size=(2, 10_000))
    assert relaxation.distance(one, one) == 0
    assert relaxation.distance(one, other) == pytest.approx(2**0.5, rel=0.02)
    assert relaxation.distance(one, -one) == pytest.approx(2)


def test_a_new_label_comes_down_exactly_one_level_a_step(relaxation):
    moved = relaxation.come_down(wire(load_circuit(relaxation.CIRCUIT), 1), 1, items=3)
    first = [(moved[:, level] > ROUNDING).argmax() for level in range(5)]
    assert first == [4, 3, 2, 1, 0]


def test_with_one_step_of_label_each_presentation_teaches_areas_further_down(relaxation):
    activity, learned = relaxation.repeated(1, steps=1, presentations=3, items=5, renamed=5)
    assert [(learned[k] > ROUNDING).tolist() for k in (0, 1)] == [[False] * 4 + [True], [False] * 3 + [True] * 2]
    assert learned[2, 2] > ROUNDING > learned[2, 0]
    assert (activity[0] < ROUNDING).all()


@pytest.mark.slow
def test_gradients_know_the_names_at_every_level_at_once(relaxation):
    distance, norm = relaxation.gradients(1, items=5)
    assert (distance > 0.5).all()
    assert (norm > 0.1).all()


def test_ridge_finds_a_linear_relation(relaxation):
    rng = np.random.default_rng(1)
    x, weights = rng.normal(size=(200, 4)), rng.normal(size=(4, 2))
    found = relaxation.ridge(x, x @ weights + 3, np.eye(4), penalty=1e-9)
    np.testing.assert_allclose(found, weights + 3, atol=1e-6)


@pytest.mark.slow
def test_repetition_carries_credit_further_down_and_less_of_it_than_at_the_top(relaxation):
    _, learned = relaxation.repeated(1, steps=8, presentations=5, items=20, renamed=20)
    assert 0 < 2 * learned[0, 0] < learned[-1, 0]
    assert 2 * learned[-1, 0] < learned[-1, 4]


@pytest.mark.slow
def test_digits_are_learned_and_what_areas_know_can_be_read(relaxation):
    trainer = relaxation.trained(1, top_down=False, epochs=3)
    told = relaxation.told_by_level(trainer)
    assert told[0] < 10
    assert max(told) < 40
