"""Keeps the spikes of the first few copies of a simulation."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.simulation import Simulation


class SpikeProbe(BrianObject):
    """Notes which unit of which copy spiked in which step.

    Parameters
    ----------
    simulation : Simulation
    copies : int
        How many copies, from the first.
    """

    add_to_magic_network = False

    def __init__(self, simulation: Simulation, copies: int) -> None:
        super().__init__(clock=simulation.clock, when="end", order=0, name="spike_probe*")
        self._copies, self._step = copies, 0
        self._spiking = {path: p for path, p in simulation.populations.items() if p.spiking}
        self._found: dict[str, list[np.ndarray]] = {path: [] for path in self._spiking}

    def run(self) -> None:
        """Note the spikes of this step."""
        for path, population in self._spiking.items():
            copy, unit = np.divmod(np.array(population.spikes()), population.population.size)
            near = copy < self._copies
            step = np.full(int(near.sum()), self._step)
            self._found[path].append(np.stack([step, copy[near], unit[near]]))
        self._step += 1

    def spikes(self, path: str) -> np.ndarray:
        """Return step, copy and unit of every spike of population `path`, (3, spike)."""
        return np.concatenate([np.empty((3, 0), dtype=np.int64), *self._found[path]], axis=1)


@contextlib.contextmanager
def probing(simulation: Simulation, copies: int) -> Iterator[SpikeProbe]:
    """Let a probe take part in the simulation while the block runs."""
    probe = SpikeProbe(simulation, copies)
    simulation.network.add(probe)
    try:
        yield probe
    finally:
        simulation.network.remove(probe)
