"""What a circuit says to a stimulus: its goodness, summed over the steps that count."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.neuromodulation import Neuromodulation
from brainlearn.brian.presenter import Presenter
from brainlearn.brian.stretch.rest import FOR_EVER

GOODNESS = "goodness"


class Answer(BrianObject):
    """Adds up the goodness of every population that learns, over the steps that phases name in `answer`.

    In each of these steps it is what it would be if the phase ended there. Rounds that learn are left out unless they
    ask for it; what their rule reads stays as it was.

    Parameters
    ----------
    presenter : Presenter
    neuromodulation : mapping of str to Neuromodulation
        By population.

    Attributes
    ----------
    total : dict of str to (copy,) array
        By population, since the presentation began; nothing before the first step that counts.
    """

    add_to_magic_network = False

    def __init__(self, presenter: Presenter, neuromodulation: Mapping[str, Neuromodulation]) -> None:
        super().__init__(clock=presenter.clock, when="end", order=5, name="answer")  # before the presenter moves on
        self._presenter, self._neuromodulation = presenter, neuromodulation
        self.total: dict[str, np.ndarray] = {}
        self._polarity: np.ndarray | None = None

    def begin(self, polarity: np.ndarray, wanted: bool) -> None:
        """Start a presentation, and listen to it or not."""
        self.total = {}
        self._polarity = polarity if wanted else None

    def rest(self) -> int:
        """Return for how many steps nothing counts."""
        phase, step = self._presenter.now
        if self._polarity is None or phase.answer is None:
            return FOR_EVER
        return max(phase.answer[0] - step, 1)

    def skip(self, steps: int) -> None:
        """Take note of nothing."""

    def run(self) -> None:
        """Take in this step, if it counts."""
        phase, step = self._presenter.now
        if self._polarity is None or phase.answer is None or not phase.answer[0] <= step <= phase.answer[1]:
            return
        for path, told in self._neuromodulation.items():
            if GOODNESS in told.rule.broadcasts:
                told.values.forget()
                meanwhile = told.per_copy
                told.update(self._polarity)
                self.total[path] = self.total.get(path, 0.0) + told.per_copy[GOODNESS][:, 0]
                told.per_copy = meanwhile
