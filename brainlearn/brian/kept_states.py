"""Variables that units keep from one presentation to the next, such as thresholds that adapt slowly."""

from __future__ import annotations

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.share import ALONE, Share
from brainlearn.saved_state import Arrays, put_back


class KeptStates(BrianObject):
    """Holds the variables that a neuron model names in `kept`: they belong to a unit, and all its copies share them.

    In every step what a copy changes is added up over the copies that learn, as changes of weights are: many copies
    stand for as many presentations one after the other. Where nothing learns they stay as they are.

    Source of such a variable: Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, section 2.4 (homoeostasis).

    Parameters
    ----------
    population : PopulationGroup
    share : Share
        The copies that this process holds; changes are summed over all.

    Attributes
    ----------
    values : dict of str to (unit,) array
        By the name of the variable [SI units].
    """

    add_to_magic_network = False

    def __init__(self, population: PopulationGroup, share: Share = ALONE) -> None:
        group = population.group
        super().__init__(clock=group.clock, when="after_groups", order=-5, name=f"{group.name}_kept")
        self._share, self._population = share, population
        self.values = {name: population.array(name)[0].copy() for name in population.model.kept}
        self._taking_part = np.zeros(population.copies, dtype=bool)
        self._everybody = self._learning = False
        self._contained_objects.append(_AfterResets(self))

    def begin(self, taking_part: np.ndarray) -> None:
        """Begin a phase in which the copies in `taking_part` learn, (copy,) bool, with what was kept."""
        self._taking_part, self._everybody = taking_part, bool(taking_part.all())
        self._learning = self._share.total(int(taking_part.sum())) > 0
        for name, kept in self.values.items():
            self._population.set(name, kept)

    def run(self) -> None:
        """Add up what copies changed, and give the sum to all."""
        for name, kept in self.values.items():
            if self._learning:
                array = self._population.array(name)
                part = array if self._everybody else array[self._taking_part]
                kept += self._share.total(part.sum(axis=0) - len(part) * kept)
            self._population.set(name, kept)

    def state(self) -> Arrays:
        """Return what is kept; views."""
        return dict(self.values)

    def restore(self, saved: Arrays) -> None:
        """Keep what was saved."""
        for name, values in self.values.items():
            put_back(values, name, saved)


class _AfterResets(BrianObject):
    """The part of `KeptStates` that takes in what spikes changed."""

    add_to_magic_network = False

    def __init__(self, kept: KeptStates) -> None:
        super().__init__(clock=kept.clock, when="after_resets", order=-5, name=f"{kept.name}_after_resets")
        self._kept = kept

    def run(self) -> None:
        """Add up what copies changed since states were updated."""
        self._kept.run()
