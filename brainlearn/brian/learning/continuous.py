"""The terms of a rule that say how fast a weight changes, at work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.slots import BEFORE_SLOT
from brainlearn.brian.learning.steps import PopulationNow


class ContinuousPlasticity(BrianObject):
    """Applies ``dw/dt`` in every step, from what was true when the step began (forward Euler).

    Parameters
    ----------
    learning : ProjectionLearning
    now : PopulationNow
        Of the target.
    name : str
    changed : callable
        Called after weights were changed.
    """

    add_to_magic_network = False

    def __init__(
        self, learning: ProjectionLearning, now: PopulationNow, name: str, changed: Callable[[], None]
    ) -> None:
        super().__init__(clock=now.clock, when=BEFORE_SLOT, order=3, name=name)  # after stock synapses
        self.learning, self._now, self._changed = learning, now, changed
        self.begin(np.zeros(now.population.copies, dtype=bool))

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        self._taking_part, self._count = taking_part, int(taking_part.sum())

    def run(self) -> None:
        """Change the weights."""
        if not self._count:
            return
        rate = self.learning.rate_of_change(self._now, self._taking_part)
        if rate.any():
            self.learning.apply(rate * rate.dtype.type(self.clock.dt_ / self._count))
            self._changed()
