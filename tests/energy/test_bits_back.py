"""What a coder writes costs what the energies say, and can be read back."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from brainlearn.energy.helmholtz import HelmholtzMachine
from brainlearn.mistakes import UserError

VISIBLE, HIDDEN, ITEMS = 12, 4, 400


@pytest.fixture(scope="module")
def machine() -> HelmholtzMachine:
    rng = np.random.default_rng(1)
    sizes = ((VISIBLE, HIDDEN), HIDDEN, (HIDDEN, VISIBLE), VISIBLE, HIDDEN)
    return HelmholtzMachine(*(rng.normal(size=size) for size in sizes))


@pytest.fixture(scope="module")
def images(machine: HelmholtzMachine) -> np.ndarray:
    rng = np.random.default_rng(2)
    hidden = rng.random((ITEMS, HIDDEN)) < 1 / (1 + np.exp(-machine.hidden_bias))
    return (rng.random((ITEMS, VISIBLE)) < machine.generated(hidden.astype(float))).astype(float)


def test_images_are_read_back_and_give_the_first_bits_back(machine: HelmholtzMachine, images: np.ndarray) -> None:
    pytest.importorskip("constriction")
    from brainlearn.energy.bits_back import Stack, read_bits_back, write_bits_back

    stack = Stack(seed=3)
    before = stack.bits
    cost = write_bits_back(machine, images, stack)
    assert cost.sum() == stack.bits - before
    np.testing.assert_array_equal(read_bits_back(machine, ITEMS, stack), images)
    assert stack.bits == before


def test_written_images_cost_their_free_energy_or_that_of_their_best_code(
    machine: HelmholtzMachine, images: np.ndarray
) -> None:
    pytest.importorskip("constriction")
    from brainlearn.energy.bits_back import Stack, write_best_codes, write_bits_back

    costs = machine.costs(images)
    q = machine.recognised(images)
    spread = np.sqrt((q * (1 - q)).sum(axis=1).mean() * 4 / ITEMS)  # bits, of a mean over codes that are drawn
    written = write_bits_back(machine, images, Stack(seed=3)).mean()
    assert written == pytest.approx(costs.free_energy.mean() / np.log(2), abs=0.1 + 3 * spread)
    best = write_best_codes(machine, images, Stack(seed=3)).mean()
    assert best == pytest.approx(costs.best_code.mean() / np.log(2), abs=0.1)


def test_a_coder_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from brainlearn.energy.bits_back import Stack

    monkeypatch.setitem(sys.modules, "constriction", None)
    with pytest.raises(UserError, match=r'not installed.*pip install "brainlearn\[codes\]"'):
        Stack()
