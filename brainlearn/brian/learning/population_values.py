"""What rule text may read of a population: at the end of a phase, and in the middle of one."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from brainlearn.brian.learning.phase_mean import PhaseMean
from brainlearn.brian.learning.traces import ACTIVITY
from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.rules.rule import SPIKED
from brainlearn.saved_state import Arrays

FEEDBACK = "feedback"
GAIN_IN_RULES = "gain"
BEFORE = ("activity_before", "feedback_before")


class Values(Protocol):
    """What text finds under a name."""

    def __getitem__(self, name: str) -> Any: ...


class PopulationValues:
    """What rule text reads at the end of a phase: state variables, traces, ``activity``, ``gain``, ``feedback``.

    Values are looked up when asked for, and ``activity`` is computed once per phase end. ``feedback`` is the mean over
    the phase of what the neuron model calls its feedback. ``activity_before`` and ``feedback_before`` are those of the
    last phase that was to be remembered, 0 before the first.

    Parameters
    ----------
    population : PopulationGroup
    feedback : PhaseMean, optional
        Kept only if a rule reads it.
    """

    def __init__(self, population: PopulationGroup, feedback: PhaseMean | None = None) -> None:
        self.population, self.feedback = population, feedback
        self.normalised = population.population.normalisation is not None
        self._activity: np.ndarray | None = None
        self.before: dict[str, np.ndarray] = {}

    def forget(self) -> None:
        """Drop values of the last phase."""
        self._activity = None

    def remember(self) -> None:
        """Keep the values of the phase that just ended for the phases that follow."""
        self.before = {"activity_before": np.array(self[ACTIVITY])}
        if self.feedback is not None:
            self.before["feedback_before"] = np.array(self[FEEDBACK])

    def state(self) -> Arrays:
        """Return what is kept from one phase to the next."""
        return {**self.before, **({} if self._activity is None else {ACTIVITY: self._activity})}

    def restore(self, saved: Arrays) -> None:
        """Keep what was saved."""
        self.before = {name: np.array(value) for name, value in saved.items() if name in BEFORE}
        self._activity = None
        if ACTIVITY in saved:  # of graded units it is a view, which goes on with them
            self._activity = np.array(saved[ACTIVITY]) if self.population.spiking else self.population.activity()

    def earlier(self, name: str) -> Any:
        """Return what was remembered as one of `BEFORE`; 0 before the first phase that was."""
        return self.before.get(name, np.float32(0.0))

    def gain(self) -> Any:
        """Return the gain of what the population passes on: 1 without normalisation, in the precision of its states."""
        gain = self.population.array(GAIN)
        return gain if self.normalised else gain.dtype.type(1.0)  # a float32 would round other constants

    def __getitem__(self, name: str) -> Any:
        if name == ACTIVITY:
            if self._activity is None:
                self._activity = self.population.activity()
            return self._activity
        if name == FEEDBACK and self.feedback is not None:
            return self.feedback.mean()
        if name in BEFORE:
            return self.earlier(name)
        if name == GAIN_IN_RULES:
            return self.gain()
        return self.population.value(self.population.rule_variable(name))


class UnitNow:
    """What rule text reads in the middle of a phase, as it is at this moment.

    As `PopulationValues`, but ``activity`` is that of the phase so far, this step included, and ``feedback`` is the
    variable that the neuron model names as its feedback. ``spiked`` is 1 for a unit that spikes in this step, else 0.

    Parameters
    ----------
    values : PopulationValues
    silent : bool
        Whether no unit is said to spike.
    """

    def __init__(self, values: PopulationValues, silent: bool = False) -> None:
        self.values, self.population, self.silent = values, values.population, silent

    def __getitem__(self, name: str) -> Any:
        if name == ACTIVITY:
            return self.population.activity()
        if name in BEFORE:
            return self.values.earlier(name)
        if name == GAIN_IN_RULES:
            return self.values.gain()
        if name == SPIKED and not self.population.has(SPIKED):
            spiked = self.population.spiked()
            return np.zeros_like(spiked) if self.silent else spiked
        if name == FEEDBACK and self.population.model.feedback:
            name = self.population.model.feedback
        return self.population.value(self.population.rule_variable(name))
