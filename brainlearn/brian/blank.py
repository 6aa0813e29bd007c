"""Blank phases: stimuli are 0, and go on afterwards as they were."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from brainlearn.brian.populations import PopulationGroup


class Blank:
    """Hides what stimulus populations show, and shows it again.

    Parameters
    ----------
    populations : iterable of PopulationGroup
        Of a circuit; those that are no stimuli are left alone.
    """

    def __init__(self, populations: Iterable[PopulationGroup]) -> None:
        self._shown = [p.array(p.model.input) for p in populations if p.model.kind == "stimulus"]
        self._hidden: list[np.ndarray] = []

    def begin(self) -> None:
        """Show nothing."""
        self._hidden = [np.array(shown) for shown in self._shown]
        for shown in self._shown:
            shown.fill(0)

    def end(self) -> None:
        """Show again what was hidden, if anything was."""
        for shown, hidden in zip(self._shown, self._hidden, strict=False):
            shown[:] = hidden
        self._hidden = []
