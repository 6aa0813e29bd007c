"""The mean of a variable over a phase, for every unit."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject
from brian2.core.variables import Subexpression

from brainlearn.brian.populations import PopulationGroup
from brainlearn.expression import Expression, parse_expression


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
        self._population = population
        variable = population.group.variables[name]
        self._expression = parse_expression(variable.expr if isinstance(variable, Subexpression) else name)
        self._values = {n: self._value(n) for n in self._expression.names}
        self.total = np.zeros_like(population.array("gain"))
        self._steps = 0

    def _value(self, name: str) -> np.ndarray | float:
        if self._population.has(name):
            return self._population.array(name)
        return float(self._population.namespace[name])

    @property
    def expression(self) -> Expression:
        """What is averaged."""
        return self._expression

    def run(self) -> None:
        """Take in this step."""
        self.total += self._expression(self._values)
        self._steps += 1

    def restart(self) -> None:
        """Begin a new phase."""
        self.total.fill(0)
        self._steps = 0

    def mean(self) -> np.ndarray:
        """Return the mean since the last restart, (copy, unit)."""
        return self.total / max(self._steps, 1)
