"""Spikes from outside the circuit, in every step, onto all copies of a population."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.stretch.part import Part, address
from brainlearn.circuit.poisson_input import PoissonInput, PoissonSpikes
from brainlearn.compiled_loop import compiled_loop


class PoissonDrive(BrianObject):
    """One Poisson input of a population, as `brian2.PoissonInput`, with the same spikes in every delivery.

    Parameters
    ----------
    population : PopulationGroup
    table : PoissonInput
    name : str
        Of the population, and which of its inputs this is.
    seed : int
    order : int
        Within the slot of synapses: after them.
    """

    add_to_magic_network = False

    def __init__(self, population: PopulationGroup, table: PoissonInput, name: str, seed: int, order: int) -> None:
        group = population.group
        super().__init__(clock=group.clock, when="synapses", order=order, name=f"{group.name}_poisson*")
        self.spikes = PoissonSpikes(table.per_step(group.clock.dt_), group.N, seed, name)
        self._target = population.array(table.variable).reshape(-1)
        self._weight = self._target.dtype.type(table.weight.value)
        condition = group.variables[table.variable].conditional_write
        self._open = np.ones(1, dtype=bool) if condition is None else condition.get_value()

    def run(self) -> None:
        """Add the spikes of this step."""
        _add(self.spikes.draw(), self._weight, self._target, self._open)

    def parts(self) -> list[Part]:
        """Return its part of a step."""
        from brainlearn.brian.stretch.compiled_parts import drive

        spikes, target, is_open = self.spikes, self._target, self._open

        def row() -> list[int]:
            arrays = spikes.heard, spikes.ends, spikes.place, target, is_open
            return [*map(address, arrays), len(spikes.heard), spikes.steps, len(target), len(is_open)]

        return [Part(drive, row, (float(self._weight),), (target[:0],), spikes.begin)]


@compiled_loop(nogil=True)
def _add(units, weight, target, is_open):  # type: ignore[no-untyped-def]
    """Add `weight` to ``target[unit]`` for every spike, where units are open; one entry stands for all."""
    if is_open.shape[0] != target.shape[0]:
        for k in range(units.shape[0]):
            target[units[k]] += weight
    else:
        for k in range(units.shape[0]):
            if is_open[units[k]]:
                target[units[k]] += weight
