"""Keeps all spikes of populations, with little to do in each step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.simulation import Simulation
from brainlearn.brian.stretch.part import Part, address

ROOM = 4096  # spikes of a population that are held before they are kept


class SpikeRecorder(BrianObject):
    """Notes which units spiked in which step.

    Parameters
    ----------
    simulation : Simulation
        The recorder joins its network.
    paths : sequence of str, optional
        Of populations; default: all that spike.
    """

    add_to_magic_network = False

    def __init__(self, simulation: Simulation, paths: Sequence[str] | None = None) -> None:
        super().__init__(clock=simulation.clock, when="end", order=0, name="spike_recorder*")
        spiking = [path for path, population in simulation.populations.items() if population.spiking]
        self._of = {path: _Spikes(simulation.populations[path].spikes_of_step) for path in paths or spiking}
        simulation.network.add(self)

    def run(self) -> None:
        """Note the spikes of this step."""
        for each in self._of.values():
            each.note()

    def parts(self) -> list[Part]:
        """Return its part of a step, by population."""
        from brainlearn.brian.stretch.compiled_parts import record

        return [Part(record, each.row, (), (), each.make_room) for each in self._of.values()]

    def held(self, path: str) -> int:
        """Return how many spikes of a population there are."""
        return self._of[path].number()

    def take(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Return what `spikes` does, and forget them."""
        found = self.spikes(path)
        self._of[path].clear()
        return found

    def spikes(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the steps, counted from 0, and the units, as ``copy * size + unit``, of all spikes of a population."""
        return self._of[path].all()


class _Spikes:
    """The spikes of one population."""

    def __init__(self, space: np.ndarray) -> None:
        self._space = space
        self._place = np.zeros(2, dtype=np.int64)  # steps that are over, and spikes that are held
        self._steps, self._units = np.empty(ROOM, dtype=np.int64), np.empty(ROOM, dtype=np.int32)
        self._kept: list[tuple[np.ndarray, np.ndarray]] = []

    def note(self) -> None:
        number = int(self._space[-1])
        step, held = self._place.tolist()
        if held + number > len(self._steps):
            self.make_room()
            held = 0
        self._steps[held : held + number] = step
        self._units[held : held + number] = self._space[:number]
        self._place[:] = step + 1, held + number

    def make_room(self) -> None:
        """Keep what is held, and have room for the spikes of this step."""
        held, number = int(self._place[1]), int(self._space[-1])
        self._kept.append((self._steps[:held].copy(), self._units[:held].copy()))
        self._place[1] = 0
        if number > len(self._steps):
            self._steps, self._units = np.empty(2 * number, dtype=np.int64), np.empty(2 * number, dtype=np.int32)

    def row(self) -> list[int]:
        arrays = self._space, self._place, self._steps, self._units
        return [*map(address, arrays), len(self._space) - 1, len(self._steps)]

    def number(self) -> int:
        return int(self._place[1]) + sum(len(units) for _, units in self._kept)

    def clear(self) -> None:
        self._kept = []
        self._place[1] = 0

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        held = int(self._place[1])
        steps, units = zip(*self._kept, (self._steps[:held], self._units[:held]), strict=True)
        return np.concatenate(steps), np.concatenate(units)
