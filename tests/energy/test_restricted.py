"""Energies of a restricted Boltzmann machine against sums over all of its states, one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from brainlearn.energy.restricted import RestrictedMachine, restricted_machine
from brainlearn.mistakes import UserError

VISIBLE, HIDDEN = 5, 3
RNG = np.random.default_rng(3)
MACHINE = RestrictedMachine(RNG.normal(size=(VISIBLE, HIDDEN)), RNG.normal(size=VISIBLE), RNG.normal(size=HIDDEN))
STATES = [np.array(state, dtype=float) for state in itertools.product((0, 1), repeat=VISIBLE)]
CODES = [np.array(state, dtype=float) for state in itertools.product((0, 1), repeat=HIDDEN)]


def energy(v: np.ndarray, h: np.ndarray) -> float:
    """Return the energy, unit by unit and pair by pair."""
    pairs = sum(v[i] * h[j] * MACHINE.weights[i, j] for i in range(VISIBLE) for j in range(HIDDEN))
    units = sum(v[i] * MACHINE.visible_bias[i] for i in range(VISIBLE))
    return float(-pairs - units - sum(h[j] * MACHINE.hidden_bias[j] for j in range(HIDDEN)))


def test_free_energy_sums_over_all_hidden_states() -> None:
    wanted = [-math.log(sum(math.exp(-energy(v, h)) for h in CODES)) for v in STATES]
    np.testing.assert_allclose(MACHINE.free_energy(np.array(STATES)), wanted, rtol=1e-12)


def test_free_energy_is_the_expected_energy_less_the_entropy() -> None:
    visible = np.array(STATES)
    p = MACHINE.hidden_probability(visible)
    entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p)).sum(axis=1)
    np.testing.assert_allclose(MACHINE.free_energy(visible), MACHINE.expected_energy(visible) - entropy, rtol=1e-12)
    mean = [sum(math.exp(-energy(v, h)) * energy(v, h) for h in CODES) for v in STATES]
    total = [sum(math.exp(-energy(v, h)) for h in CODES) for v in STATES]
    np.testing.assert_allclose(MACHINE.expected_energy(visible), np.divide(mean, total), rtol=1e-12)


@pytest.mark.parametrize("turned", [False, True])
def test_the_partition_function_sums_over_all_states_by_either_side(turned: bool) -> None:
    machine = MACHINE
    if turned:
        machine = RestrictedMachine(MACHINE.weights.T, MACHINE.hidden_bias, MACHINE.visible_bias)
    wanted = math.log(sum(math.exp(-energy(v, h)) for v in STATES for h in CODES))
    assert machine.log_partition() == pytest.approx(wanted, rel=1e-12)


def test_probabilities_of_all_visible_states_add_up_to_one() -> None:
    assert np.exp(MACHINE.log_likelihood(np.array(STATES))).sum() == pytest.approx(1, rel=1e-12)


def test_classes_are_as_likely_as_their_labels_beside_an_image() -> None:
    images = np.array([[0.0, 1.0], [1.0, 1.0]])
    odds = [
        [sum(math.exp(-energy(np.concatenate([image, label]), h)) for h in CODES) for label in np.eye(VISIBLE - 2)]
        for image in images
    ]
    wanted = np.array(odds) / np.sum(odds, axis=1, keepdims=True)
    np.testing.assert_allclose(MACHINE.class_probability(images), wanted, rtol=1e-12)


def test_too_many_units_for_an_exact_sum_are_refused() -> None:
    large = RestrictedMachine(np.zeros((17, 20)), np.zeros(17), np.zeros(20))
    with pytest.raises(UserError, match="17 visible and 20 hidden units; allowed: at most 16 on one side"):
        large.log_partition()


def test_a_machine_is_read_from_the_weights_of_a_circuit() -> None:
    weights = {
        "A/x->B/h": MACHINE.weights[:3],
        "A/y->B/h": MACHINE.weights[3:],
        "A/one->A/x": MACHINE.visible_bias[None, :3],
        "A/one->A/y": MACHINE.visible_bias[None, 3:],
        "A/one->B/h": MACHINE.hidden_bias[None],
    }
    found = restricted_machine(weights, ("A/x", "A/y"), "B/h", "A/one")
    np.testing.assert_array_equal(found.weights, MACHINE.weights)
    np.testing.assert_array_equal(found.visible_bias, MACHINE.visible_bias)
    np.testing.assert_array_equal(found.hidden_bias, MACHINE.hidden_bias)
    del weights["A/one->B/h"]
    with pytest.raises(UserError, match="no such projection; found A/one->B/h"):
        restricted_machine(weights, ("A/x", "A/y"), "B/h", "A/one")
