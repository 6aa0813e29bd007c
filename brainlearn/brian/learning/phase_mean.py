"""The mean of a variable over a phase, for every unit."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.populations import GAIN, PopulationGroup


class PhaseMean(BrianObject):
    """Adds up a variable, or a subexpression, at the end of every step.

    Parameters
    ----------
    population : PopulationGroup
    name : str
        As the neuron model calls it.
    """

    add_to_magic_network = False

    def __init__(self, population: PopulationGroup, name: str) -> None:
        super().__init__(
            clock=population.group.clock, when="end", order=-5, name=f"{population.group.name}_{name}_mean"
        )
        self._population, self._variable = population, name
        self.total = np.zeros_like(population.array(GAIN))
        self._steps = 0

    def run(self) -> None:
        """Take in this step."""
        self.total += self._population.value(self._variable)
        self._steps += 1

    def restart(self) -> None:
        """Begin a new phase."""
        self.total.fill(0)
        self._steps = 0

    def mean(self) -> np.ndarray:
        """Return the mean since the last restart, (copy, unit)."""
        return self.total / max(self._steps, 1)
