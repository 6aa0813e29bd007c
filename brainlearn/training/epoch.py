"""An epoch in which items come in a drawn order: how it begins, is saved, and goes on."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np

from brainlearn.saved_state import Arrays, ForeignState, below, find, under


class Drawing(Protocol):
    """A machine that draws the order of the items, and may hold an epoch that was saved under way."""

    rng: np.random.Generator
    left_over: Arrays


class Sums(Protocol):
    """Running sums over the rounds of an epoch."""

    def state(self) -> Arrays:
        """Return the sums."""

    def restore(self, saved: Arrays) -> None:
        """Go on from saved sums."""


def begin_or_go_on(machine: Drawing, items: int, tally: Sums) -> tuple[np.ndarray, float]:
    """Draw an order, or take that of a saved epoch and put its sums into the tally.

    Returns
    -------
    order : (item,) array of int
    seconds : float
        How long the epoch took until it was saved [s].
    """
    if not machine.left_over:
        return machine.rng.permutation(items), 0.0
    saved, machine.left_over = machine.left_over, {}
    order = find("order", saved)
    if order.shape != (items,) or order.max(initial=0) >= items:
        raise ForeignState("the order is that of other items")
    tally.restore(below("tally", saved))
    return order, float(find("seconds", saved))


def saved_epoch(order: np.ndarray, tally: Sums, start: float) -> Arrays:
    """Return what an epoch that began at `start`, by `time.perf_counter`, goes on from."""
    return {"order": order, "seconds": np.array(time.perf_counter() - start), **under("tally", tally.state())}
