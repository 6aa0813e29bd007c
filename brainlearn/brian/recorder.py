"""Keeps every state variable and every spike of a simulation, step by step."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.populations import GAIN
from brainlearn.brian.simulation import Simulation
from brainlearn.reserved import is_reserved, of_rule


class Recorder(BrianObject):
    """Copies all states at the end of every step, after resets.

    Parameters
    ----------
    simulation : Simulation
        The recorder joins its network.

    Attributes
    ----------
    states : dict of str to list of (copy, unit) arrays
        By ``"V1/E.v"``.
    spikes : dict of str to list of (copy, unit) bool arrays
        By the population's path.
    """

    add_to_magic_network = False

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(clock=simulation.clock, when="end", order=0, name="recorder*")
        self._populations = simulation.populations
        self.clear()
        simulation.network.add(self)

    def clear(self) -> None:
        """Forget what was recorded."""
        self.states: dict[str, list[np.ndarray]] = {}
        self.spikes: dict[str, list[np.ndarray]] = {}

    def run(self) -> None:
        """Copy the states of this step."""
        for path, population in self._populations.items():
            for name in population.group.variables:
                if population.has(name) and (name in population.summed or _is_state(name)):
                    self.states.setdefault(f"{path}.{name}", []).append(population.array(name).copy())
            for traces in population.traces:
                for name, variable in traces.variables.items():
                    if population.has(variable) and not population.has(name):  # by the rule's own name
                        called = of_rule(f"{path}.{name}", traces.number)
                        self.states.setdefault(called, []).append(population.array(variable).copy())
            if population.spiking:
                spiked = np.zeros(population.group.N, dtype=bool)
                spiked[population.spikes()] = True
                self.spikes.setdefault(path, []).append(spiked.reshape(population.copies, -1))


def _is_state(name: str) -> bool:
    """Return whether a variable is one of the model, or the gain of what it passes on."""
    return name == GAIN or not (name == "i" or name.startswith("_") or is_reserved(name))
