"""What rule text may read of a population: at the end of a phase, and in the middle of one."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
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


@dataclass
class _Kept:
    """What is kept of a population, the same for every rule.

    Parameters
    ----------
    activity : (copy, unit) array, optional
        Of the phase that just ended; None: not asked for yet.
    before : dict of str to (copy, unit) array
        Of the last phase that was to be remembered.
    """

    activity: np.ndarray | None = None
    before: dict[str, np.ndarray] = field(default_factory=dict)


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

    Attributes
    ----------
    number : int
        Of the rule whose text reads, from 0: the names of its traces are its own.
    """

    def __init__(self, population: PopulationGroup, feedback: PhaseMean | None = None) -> None:
        self.population, self.feedback = population, feedback
        self.scaled = population.population.scaled
        self.number = 0
        self._kept = _Kept()

    def of_rule(self, number: int) -> PopulationValues:
        """Return the same values as another rule's text reads them."""
        found = copy.copy(self)
        found.number = number
        return found

    @property
    def before(self) -> dict[str, np.ndarray]:
        """What was remembered, by names of `BEFORE`."""
        return self._kept.before

    def forget(self) -> None:
        """Drop values of the last phase."""
        self._kept.activity = None

    def remember(self) -> None:
        """Keep the values of the phase that just ended for the phases that follow."""
        self._kept.before = {"activity_before": np.array(self[ACTIVITY])}
        if self.feedback is not None:
            self._kept.before["feedback_before"] = np.array(self[FEEDBACK])

    def state(self) -> Arrays:
        """Return what is kept from one phase to the next."""
        activity = self._kept.activity
        return {**self.before, **({} if activity is None else {ACTIVITY: activity})}

    def restore(self, saved: Arrays) -> None:
        """Keep what was saved."""
        self._kept.before = {name: np.array(value) for name, value in saved.items() if name in BEFORE}
        self._kept.activity = None
        if ACTIVITY in saved:  # of graded units it is a view, which changes with them
            self._kept.activity = np.array(saved[ACTIVITY]) if self.population.spiking else self.population.activity()

    def earlier(self, name: str) -> Any:
        """Return what was remembered as one of `BEFORE`; 0 before the first phase that was."""
        return self.before.get(name, np.float32(0.0))

    def gain(self) -> Any:
        """Return the gain of what the population passes on, in the precision of its states; 1 where nothing sets it."""
        gain = self.population.array(GAIN)
        return gain if self.scaled else gain.dtype.type(1.0)  # a float32 would round other constants

    def __getitem__(self, name: str) -> Any:
        if name == ACTIVITY:
            if self._kept.activity is None:
                self._kept.activity = self.population.activity()
            return self._kept.activity
        if name == FEEDBACK and self.feedback is not None:
            return self.feedback.mean()
        if name in BEFORE:
            return self.earlier(name)
        if name == GAIN_IN_RULES:
            return self.gain()
        return self.population.value(self.population.rule_variable(name, self.number))


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
        self._arrays: dict[str, np.ndarray] = {}  # views, which show what is now

    def __getitem__(self, name: str) -> Any:
        if name in self._arrays:
            return self._arrays[name]
        if name == ACTIVITY:
            return self.population.activity()
        if name in BEFORE:
            return self.values.earlier(name)
        if name == GAIN_IN_RULES:
            return self.values.gain()
        if name == SPIKED and not self.population.has(SPIKED):
            spiked = self.population.spiked()
            return np.zeros_like(spiked) if self.silent else spiked
        own = self.population.model.feedback if name == FEEDBACK and self.population.model.feedback else name
        variable = self.population.rule_variable(own, self.values.number)
        if self.population.lasting and self.population.has(variable):
            self._arrays[name] = self.population.array(variable)
        return self.population.value(variable)
