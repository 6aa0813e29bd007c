"""What continuous projections add up to in one variable of their target, set again in every step."""

from __future__ import annotations

import weakref

import numpy as np
from brian2 import BrianObject, NeuronGroup

LAST = 1_000_000  # order within a slot, after all projections
_KEPT_AT = "_brainlearn_inputs"


class ContinuousInput:
    """The sum of the projections onto one variable.

    Parameters
    ----------
    target : (copy, post) array
        The variable.

    Attributes
    ----------
    sole_writer : bool
        Whether nothing else writes to the variable: then it is left alone while its parts stay as they are.
    """

    def __init__(self, target: np.ndarray) -> None:
        self.target, self.sole_writer = target, True
        self._members: weakref.WeakSet[BrianObject] = weakref.WeakSet()
        self._arrived: list[np.ndarray] = []
        self._changed = True
        self._summed: tuple[int, ...] = ()

    @classmethod
    def onto(cls, group: NeuronGroup, name: str, target: np.ndarray) -> ContinuousInput:
        """Return the sum behind a group's variable: one and the same for all projections onto it."""
        known: dict[str, ContinuousInput] = group.__dict__.setdefault(_KEPT_AT, {})
        return known.setdefault(name, cls(target))

    def join(self, projection: BrianObject, sole_writer: bool) -> None:
        """Add a projection to those that are summed."""
        self._members.add(projection)
        self.sole_writer &= sole_writer

    @property
    def direct(self) -> bool:
        """Whether a projection may write into the variable itself: it is the only one, and nothing else writes."""
        return self.sole_writer and len(self._members) == 1

    def take(self, part: np.ndarray, changed: bool) -> None:
        """Take in what one projection transmits in this step, (copy, post)."""
        self._arrived.append(part)
        self._changed |= changed

    def close(self) -> None:
        """Set the variable to the sum of what arrived in this step, if anything did."""
        if not self._arrived:
            return
        summed = tuple(map(id, self._arrived))
        if self._changed or not self.sole_writer or summed != self._summed:
            self.target[:] = self._arrived[0]
            for part in self._arrived[1:]:
                self.target += part
        self._arrived, self._changed, self._summed = [], False, summed


class Total(BrianObject):
    """Sets the variable when all projections have run; the first total of a step does it for all."""

    add_to_magic_network = False

    def __init__(self, projection: BrianObject, total: ContinuousInput) -> None:
        super().__init__(clock=projection.clock, when="before_groups", order=LAST, name=f"{projection.name}_total")
        self._total = total

    def run(self) -> None:
        """Close the step."""
        self._total.close()
