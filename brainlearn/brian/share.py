"""Which copies of a simulation a process holds, and how it gets values of those that others hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Part:
    """Some copies of all, as far as this process holds them.

    Parameters
    ----------
    share : Share
    rows : slice
        Where they are among the copies of this process.
    which : (row,) array of int
        Which of those that are meant they are, from 0.
    count : int
        How many are meant, in all processes.
    """

    share: Share
    rows: slice
    which: np.ndarray
    count: int

    @classmethod
    def of(cls, share: Share, copies: slice) -> Part:
        """Return the part of a slice of all copies.

        >>> Part.of(ALONE, slice(2, 5)).rows
        slice(2, 5, None)
        """
        held = share.own(np.arange(copies.stop))
        before = int(np.count_nonzero(held < copies.start))
        return cls(share, slice(before, len(held)), held[before:] - copies.start, copies.stop - copies.start)

    @property
    def of_all(self) -> float:
        """How many of those that are meant this process holds, 0 to 1."""
        return len(self.which) / max(self.count, 1)

    def mean(self, values: np.ndarray) -> float:
        """Return the mean over this part of values of the copies of this process; 0 if it holds none."""
        chosen = values[self.rows]
        return float(chosen.mean()) if len(chosen) else 0.0

    def summed_and_joined(self, sums: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return sums over all processes, and the rows of all copies that are meant, of which each process has a part.

        Both go in one message; they have one data type.
        """
        if self.share.size == 1:
            return sums, rows
        everywhere = np.zeros((self.count, *rows.shape[1:]), dtype=rows.dtype)
        everywhere[self.which] = rows
        flat = self.share.total(np.concatenate([sums.ravel(), everywhere.ravel()]))
        return flat[: sums.size].reshape(sums.shape), flat[sums.size :].reshape(everywhere.shape)


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
