"""What continuous projections bring to a population: the variables that they set, and which of them share one."""

from __future__ import annotations

from dataclasses import dataclass

from brainlearn.reserved import reserved


@dataclass(frozen=True)
class Inputs:
    """Continuous projections onto one variable, which becomes their sum.

    Parameters
    ----------
    variable : str
        As the neuron model calls it.
    projections : tuple of str
        Their names, in the circuit's order.
    overwritten : bool
        Whether a reset or a spike writes to the variable too.
    passed_on : bool
        Whether another continuous projection transmits the variable: as it was at the end of the step before.
    """

    variable: str
    projections: tuple[str, ...]
    overwritten: bool = False
    passed_on: bool = False

    @property
    def alone(self) -> bool:
        """Whether nobody but the projections onto it uses the variable before states are updated."""
        return not self.overwritten and not self.passed_on

    @property
    def in_equations(self) -> bool:
        """Whether equations add the projections up: several, onto a variable that is theirs alone."""
        return len(self.projections) > 1 and self.alone

    @property
    def in_parts(self) -> bool:
        """Whether every projection needs its own variable where each sets one as soon as it can."""
        return len(self.projections) > 1 or self.passed_on

    @property
    def total(self) -> str:
        """The sum of the parts, as text."""
        return " + ".join(map(self.part, self.projections))

    def part(self, projection: str) -> str:
        """Return the variable that one projection sets, where each has its own."""
        if not self.in_parts:
            return self.variable
        return reserved(f"{self.variable}_{self.projections.index(projection)}")
