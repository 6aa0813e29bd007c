"""The activity of outputs in the steps that count for an answer."""

from __future__ import annotations

import numpy as np

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.simulation import Simulation


class OutputCourse:
    """Sums the activity of a population over the steps that phases name in `answer`, for each frame separately.

    Parameters
    ----------
    simulation : Simulation
    path : str
        Of the outputs.
    frames : int
        That have their own values; 0: the mean is over all steps.
    """

    def __init__(self, simulation: Simulation, path: str, frames: int) -> None:
        self._simulation, self._path = simulation, path
        self._population = simulation.populations[path]
        self._frames = frames
        self._begin()
        CalledEachStep(simulation, self._run, "end", order=5)  # before the presenter moves on

    def _run(self) -> None:
        presenter, film = self._simulation.presenter, self._simulation.film
        phase, step = presenter.now
        if presenter.index == 0 and step == 1:
            self._begin()
        if phase.answer is None or not phase.answer[0] <= step <= phase.answer[1]:
            return
        frame = film.frame if self._frames else 0
        if frame is not None and frame < len(self._counted):
            population = self._population
            self._total[:, frame] += (
                population.spiked() if population.spiking else population.array(population.model.output)
            )
            self._counted[frame] += 1

    def _begin(self) -> None:
        """Start a presentation."""
        size = self._population.population.size
        self._total = np.zeros((self._population.copies, max(self._frames, 1), size))
        self._counted = np.zeros(max(self._frames, 1))

    def means(self) -> np.ndarray:
        """Return the mean over the steps that counted, (copy, unit); (copy, frame, unit) if frames have targets."""
        counted = np.where(self._counted > 0, self._counted, np.nan)[:, None]
        means = self._simulation.share.all_of(self._total / counted, self._simulation.copies)
        return means if self._frames else means[:, 0]
