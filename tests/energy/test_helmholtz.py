"""Costs of codes of a Helmholtz machine against sums over all codes, one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from brainlearn.energy.helmholtz import HelmholtzMachine
from brainlearn.mistakes import UserError

VISIBLE, HIDDEN = 4, 3
RNG = np.random.default_rng(5)
MACHINE = HelmholtzMachine(
    RNG.normal(size=(VISIBLE, HIDDEN)),
    RNG.normal(size=HIDDEN),
    RNG.normal(size=(HIDDEN, VISIBLE)),
    RNG.normal(size=VISIBLE),
    RNG.normal(size=HIDDEN),
)
CODES = [np.array(code, dtype=float) for code in itertools.product((0, 1), repeat=HIDDEN)]
IMAGES = np.array(list(itertools.product((0, 1), repeat=VISIBLE)), dtype=float)


def bernoulli(states: np.ndarray, drives: np.ndarray) -> float:
    """Return the probability of states of independent units, unit by unit."""
    found = 1.0
    for state, drive in zip(states, drives, strict=True):
        p = 1 / (1 + math.exp(-drive))
        found *= p if state else 1 - p
    return found


def joint(v: np.ndarray, h: np.ndarray) -> float:
    return bernoulli(h, MACHINE.hidden_bias) * bernoulli(v, h @ MACHINE.generation + MACHINE.visible_bias)


def q(v: np.ndarray, h: np.ndarray) -> float:
    return bernoulli(h, v @ MACHINE.recognition + MACHINE.recognition_bias)


def test_costs_are_sums_over_all_codes() -> None:
    found = MACHINE.costs(IMAGES)
    for k, v in enumerate(IMAGES):
        p = [joint(v, h) for h in CODES]
        posterior = np.divide(p, sum(p))
        assert found.best_code[k] == pytest.approx(-math.log(max(p)))
        assert found.expected_energy[k] == pytest.approx(-sum(q(v, h) * math.log(joint(v, h)) for h in CODES))
        assert found.free_energy[k] == pytest.approx(sum(q(v, h) * math.log(q(v, h) / joint(v, h)) for h in CODES))
        assert found.boltzmann_energy[k] == pytest.approx(-posterior @ np.log(p))
        assert found.likelihood[k] == pytest.approx(-math.log(sum(p)))


def test_a_code_drawn_by_its_boltzmann_probability_costs_least_once_its_bits_are_back() -> None:
    found = MACHINE.costs(IMAGES)
    assert (found.likelihood < found.best_code).all()
    assert (found.likelihood <= found.free_energy).all()
    assert (found.boltzmann_energy > found.best_code).all()


def test_probabilities_of_all_images_add_up_to_one() -> None:
    assert np.exp(-MACHINE.costs(IMAGES).likelihood).sum() == pytest.approx(1)


def test_too_many_codes_are_refused() -> None:
    large = HelmholtzMachine(np.zeros((2, 17)), np.zeros(17), np.zeros((17, 2)), np.zeros(2), np.zeros(17))
    with pytest.raises(UserError, match="17 hidden units; allowed: at most 16"):
        large.costs(np.zeros((1, 2)))
