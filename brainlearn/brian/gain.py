"""Divisive normalisation: a population scales what it passes on by its own root mean square."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.populations import GAIN, SPIKE_COUNT, PopulationGroup

SMALLEST = 1e-6


class DivisiveNormalisation(BrianObject):
    """Sets the variable ``gain`` of every copy so that ``activity * gain`` has the root mean square `rms`.

    Runs in every step, after the spikes of the step are counted and before they are delivered. A population that is
    silent passes nothing on, whatever its gain.

    Source: Hinton 2022, arXiv 2212.13345, section 2.1 (only the direction of the activity is passed on); Carandini
    & Heeger 2012, Nature Reviews Neuroscience 13, 51.
    """

    add_to_magic_network = False

    def __init__(self, population: PopulationGroup, rms: float) -> None:
        when = "before_synapses" if population.spiking else "after_groups"
        super().__init__(clock=population.group.clock, when=when, name=population.group.name + "_gain")
        self.population, self.rms = population, rms
        self._gain = population.array(GAIN)

    def run(self) -> None:
        """Set the gain from the activity so far."""
        population = self.population
        raw = population.array(SPIKE_COUNT) if population.spiking else population.activity()
        scale = 1 / max(population.steps, 1) if population.spiking else 1.0
        length = np.sqrt(np.einsum("cu,cu->c", raw, raw) / raw.shape[1]) * scale  # (copy,)
        silent = length < SMALLEST
        self._gain[:] = np.where(silent, 0.0, self.rms / np.where(silent, 1.0, length))[:, None]
