"""Which copies of a simulation a process holds, and how it gets values of those that others hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules.rule import CONTINUOUS, ON_SPIKES, Rule

Number = TypeVar("Number", int, np.ndarray)


class Share(Protocol):
    """A part of the copies of one simulation that is spread over processes.

    All processes call the same methods in the same order: each call of `all_of` or `total` waits for the others.

    Attributes
    ----------
    rank, size : int
        Number of this process, from 0, and how many there are.
    """

    rank: int
    size: int

    def own(self, values: np.ndarray) -> np.ndarray:
        """Return the rows of this process, of a (copy, ...) array over all copies."""

    def all_of(self, values: np.ndarray, copies: int) -> np.ndarray:
        """Return the (copy, ...) array over all `copies` of which every process has its own rows."""

    def told(self, message: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return what the first process says to all; the others pass nothing."""

    def total(self, values: Number) -> Number:
        """Return the sum over processes of a number or an array."""


class Alone:
    """The only process: it holds all copies."""

    rank, size = 0, 1

    def own(self, values: np.ndarray) -> np.ndarray:
        """Return all rows."""
        return values

    def all_of(self, values: np.ndarray, copies: int) -> np.ndarray:
        """Return the values as they are."""
        return values

    def told(self, message: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return the message."""
        return message or {}

    def total(self, values: Number) -> Number:
        """Return the values as they are."""
        return values


ALONE = Alone()


def part_of(share: Share, rows: slice) -> tuple[slice, np.ndarray]:
    """Return which rows of this process are among some rows of all copies, and which of those they are, (row,) int.

    >>> part_of(ALONE, slice(2, 5))
    (slice(2, 5, None), array([0, 1, 2]))
    """
    held = share.own(np.arange(rows.stop))
    before = int(np.count_nonzero(held < rows.start))
    return slice(before, len(held)), held[before:] - rows.start


def parts_joined(share: Share, part: np.ndarray, which: np.ndarray, count: int) -> np.ndarray:
    """Return `count` rows, of which each process has a part: those with numbers `which`, as from `part_of`."""
    if share.size == 1:
        return part
    rows = np.zeros((count, *part.shape[1:]), dtype=part.dtype)
    rows[which] = part
    return share.total(rows)


def check_share(share: Share, copies: int, rules: Iterable[Rule] = ()) -> None:
    """Raise a UserError if copies cannot be spread so, or a rule changes weights before a phase ends."""
    if share.size > copies:
        found = f"{share.size} processes and {copies} copies"
        raise UserError(Mistake("processes", "there are fewer copies than processes", found, f"1 to {copies}"))
    for rule in rules if share.size > 1 else ():
        if any(change.when in (*ON_SPIKES, CONTINUOUS) for change in (*rule.changes, *rule.top_down)):
            wrong = (
                f'the rule "{rule.name}" changes weights within a phase, so copies cannot be distributed over processes'
            )
            raise UserError(Mistake("processes", wrong, str(share.size), "1", "Start it without torchrun."))
