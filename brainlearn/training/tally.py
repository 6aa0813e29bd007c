"""Running sums over the rounds of an epoch in Brian2."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from brainlearn.brian.simulation import Simulation
from brainlearn.saved_state import Arrays, below, find, under
from brainlearn.tasks.stimulus_maker import Layout
from brainlearn.training.activity_tally import ActivityTally


class Tally:
    """Goodness, and the activity of every population that is no stimulus, over the rounds of an epoch.

    Parameters
    ----------
    simulation : Simulation
    layout : Layout

    Attributes
    ----------
    units : ActivityTally
        Of positive presentations.
    """

    def __init__(self, simulation: Simulation, layout: Layout) -> None:
        self._simulation, self._layout = simulation, layout
        watched = {path: p for path, p in simulation.populations.items() if p.model.kind != "stimulus"}
        self.units = ActivityTally(
            {path: p.population.size for path, p in watched.items()},
            frozenset(path for path, p in watched.items() if p.spiking),
        )
        self._positive = dict.fromkeys(simulation.neuromodulation, 0.0)
        self._negative = dict.fromkeys(simulation.neuromodulation, 0.0)

    @property
    def rounds(self) -> int:
        """Rounds so far."""
        return self.units.rounds

    def add(self) -> None:
        """Take in the round that just ended."""
        layout, simulation = self._layout, self._simulation
        self.units.add(lambda path: simulation.activity(path)[layout.positive])
        for path, neuromodulation in simulation.neuromodulation.items():
            if "goodness" in neuromodulation.per_copy:
                goodness = simulation.broadcast(path, "goodness")
                self._positive[path] += float(goodness[layout.positive].mean())
                self._negative[path] += float(goodness[layout.negative].mean())

    def state(self) -> Arrays:
        """Return the sums so far."""
        goodness = under("positive", self._positive) | under("negative", self._negative)
        return under("units", self.units.state()) | goodness

    def restore(self, saved: Arrays) -> None:
        """Go on from saved sums."""
        self.units.restore(below("units", saved))
        for name, sums in (("positive", self._positive), ("negative", self._negative)):
            sums.update({path: float(find(path, below(name, saved))) for path in sums})

    def goodness_positive(self) -> dict[str, float]:
        """Mean goodness of positive presentations, per population that learns."""
        return {path: value / max(self.rounds, 1) for path, value in self._positive.items()}

    def goodness_negative(self) -> dict[str, float]:
        """Mean goodness of negative presentations, per population that learns."""
        return {path: value / max(self.rounds, 1) for path, value in self._negative.items()}

    def goodness_of(self, paths: Collection[str]) -> tuple[float, float]:
        """Mean goodness of positive and of negative presentations, over some populations."""
        positive, negative = self.goodness_positive(), self.goodness_negative()
        return float(np.mean([positive[p] for p in paths])), float(np.mean([negative[p] for p in paths]))

    def activity(self) -> dict[str, float]:
        """Spikes per unit and presentation, or mean activity of graded units."""
        return self.units.activity(max(p.steps for p in self._simulation.populations.values()))

    def silent_percent(self) -> dict[str, float]:
        """Units that never were active [percent]."""
        return self.units.silent_percent()

    def saturated_percent(self) -> dict[str, float]:
        """Spiking units that spiked in every step of every presentation [percent]."""
        return self.units.saturated_percent()
