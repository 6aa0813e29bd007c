"""Running sums over the rounds of an epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brainlearn.brian.simulation import Simulation
from brainlearn.experiment.presentations import Layout


class Tally:
    """Goodness, activity and silent units over the rounds of an epoch.

    Parameters
    ----------
    simulation : Simulation
    paths : sequence of str
        Populations to watch.
    layout : Layout
    """

    def __init__(self, simulation: Simulation, paths: Sequence[str], layout: Layout) -> None:
        self._simulation, self.paths, self._layout = simulation, paths, layout
        self.rounds = 0
        self._positive = dict.fromkeys(paths, 0.0)
        self._negative = dict.fromkeys(paths, 0.0)
        self._total = {path: self._units(path) for path in paths}
        self._most = {path: self._units(path) for path in paths}
        self._least = {path: self._units(path) + np.inf for path in paths}

    def _units(self, path: str) -> np.ndarray:
        return np.zeros(self._simulation.populations[path].population.size)

    def add(self) -> None:
        """Take in the round that just ended."""
        self.rounds += 1
        layout = self._layout
        for path in self.paths:
            activity = self._simulation.activity(path)[layout.positive]
            self._total[path] += activity.mean(axis=0)
            np.maximum(self._most[path], activity.max(axis=0), out=self._most[path])
            np.minimum(self._least[path], activity.min(axis=0), out=self._least[path])
            if "goodness" in self._simulation.neuromodulation[path].per_copy:
                goodness = self._simulation.broadcast(path, "goodness")
                self._positive[path] += float(goodness[layout.positive].mean())
                self._negative[path] += float(goodness[layout.negative].mean())

    def goodness_positive(self) -> dict[str, float]:
        """Mean goodness of positive presentations, per population."""
        return {path: value / max(self.rounds, 1) for path, value in self._positive.items()}

    def goodness_negative(self) -> dict[str, float]:
        """Mean goodness of negative presentations, per population."""
        return {path: value / max(self.rounds, 1) for path, value in self._negative.items()}

    def activity(self) -> dict[str, float]:
        """Spikes per unit and presentation, or mean activity of graded units, on positive presentations."""
        steps = {p: self._simulation.populations[p].steps if self._spiking(p) else 1 for p in self.paths}
        return {p: float(self._total[p].mean()) / max(self.rounds, 1) * steps[p] for p in self.paths}

    def silent_percent(self) -> dict[str, float]:
        """Units that never were active [percent]."""
        return {path: 100 * float((most <= 0).mean()) for path, most in self._most.items()}

    def saturated_percent(self) -> dict[str, float]:
        """Spiking units that spiked in every step of every presentation [percent]."""
        return {p: 100 * float((least >= 1).mean()) * self._spiking(p) for p, least in self._least.items()}

    def _spiking(self, path: str) -> bool:
        return self._simulation.populations[path].spiking
