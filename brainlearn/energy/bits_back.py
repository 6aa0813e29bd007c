"""Codes images by a Helmholtz machine with an entropy coder, by the cheapest codes or by codes that bits choose.

The coder is a stack (asymmetric numeral systems), which can read as well as write: reading a code by recognition takes
bits off it that were written before, and leaves a choice; so nothing is lost by choosing, and the next image pays less.
Source: Townsend, Bird & Barber 2019, ICLR (bits back with asymmetric numeral systems).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.energy.helmholtz import MOST_CODES, HelmholtzMachine
from brainlearn.energy.states import all_states, logistic
from brainlearn.mistakes import Mistake, UserError

SEED_WORDS = 64  # of 32 random bits each, from which the first images are chosen; not counted as their cost


class Stack:
    """A stack of bits onto which binary units are written and from which they are read.

    Parameters
    ----------
    seed : int
        Of the random bits that lie on it first.

    Raises
    ------
    UserError
        If constriction, of the extra ``codes``, is not installed.
    """

    def __init__(self, seed: int = 0) -> None:
        self._stream = _constriction().stream
        words = np.random.default_rng(seed).integers(1, 2**32, SEED_WORDS, dtype=np.uint32)
        self._coder = self._stream.stack.AnsCoder(words)
        self._model = self._stream.model.Bernoulli(perfect=False)

    @property
    def bits(self) -> float:
        """How much lies on it."""
        return float(self._coder.num_valid_bits())

    def write(self, states: np.ndarray, probability: np.ndarray) -> None:
        """Write (unit,) states, each with its probability of being 1; they take -log2 of their probability [bit]."""
        self._coder.encode_reverse(states.astype(np.int32), self._model, _apart(probability))

    def read(self, probability: np.ndarray) -> np.ndarray:
        """Read (unit,) states, each with its probability of being 1: what was written so, or a choice by chance."""
        return np.asarray(self._coder.decode(self._model, _apart(probability)), dtype=float)


def _apart(probability: np.ndarray) -> np.ndarray:
    """Return probabilities that leave either state possible."""
    return np.clip(probability, 1e-6, 1 - 1e-6).astype(np.float64)


def _constriction() -> Any:
    try:
        import constriction
    except ImportError:
        hint = 'pip install "brainlearn[codes]"'
        raise UserError(Mistake("constriction", "it is not installed", suggestion=hint)) from None
    return constriction


def write_bits_back(machine: HelmholtzMachine, images: np.ndarray, stack: Stack) -> np.ndarray:
    """Write (item, visible) binary images with codes that bits of the stack choose; return costs, (item,) [bit]."""
    cost = np.empty(len(images))
    for k, image in enumerate(images):
        before = stack.bits
        code = stack.read(machine.recognised(image[None])[0])
        stack.write(image, machine.generated(code[None])[0])
        stack.write(code, _prior(machine))
        cost[k] = stack.bits - before
    return cost


def read_bits_back(machine: HelmholtzMachine, count: int, stack: Stack) -> np.ndarray:
    """Read `count` images back, (item, visible), and give the stack the bits that chose their codes."""
    found = np.empty((count, len(machine.visible_bias)))
    for k in reversed(range(count)):
        code = stack.read(_prior(machine))
        found[k] = stack.read(machine.generated(code[None])[0])
        stack.write(code, machine.recognised(found[k][None])[0])
    return found


def write_best_codes(machine: HelmholtzMachine, images: np.ndarray, stack: Stack) -> np.ndarray:
    """Write (item, visible) binary images, each with its cheapest code; return what each costs, (item,) [bit].

    Raises
    ------
    UserError
        If there are more than 16 hidden units.
    """
    units = len(machine.hidden_bias)
    if units > MOST_CODES:
        wrong, found = "too many codes to list", f"{units} hidden units"
        raise UserError(Mistake("HelmholtzMachine", wrong, found, f"at most {MOST_CODES}"))
    codes = all_states(units)
    chosen = codes[machine.log_joint(images, codes).argmax(axis=1)]
    cost = np.empty(len(images))
    for k, (image, code) in enumerate(zip(images, chosen, strict=True)):
        before = stack.bits
        stack.write(image, machine.generated(code[None])[0])
        stack.write(code, _prior(machine))
        cost[k] = stack.bits - before
    return cost


def _prior(machine: HelmholtzMachine) -> np.ndarray:
    """Return how likely generation makes each hidden unit, (hidden,)."""
    return logistic(machine.hidden_bias)
