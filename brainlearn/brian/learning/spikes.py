"""The terms of a rule that act on spikes, at work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.spike_terms import SpikeChange
from brainlearn.brian.learning.steps import PopulationNow


class SpikePlasticity(BrianObject):
    """Applies the terms of a rule that act on spikes, in the step of the spike.

    What the rule reads is what is true before any synapse delivers in this step: membranes as the threshold saw them,
    traces without the spikes of this step, ``polarity``, broadcasts and modulators of this step. Weights change after
    the delivery.

    Parameters
    ----------
    learning : ProjectionLearning
    now : PopulationNow
        Of the target.
    name : str
    changed : callable
        Called after weights were changed.
    """

    add_to_magic_network = False

    def __init__(
        self, learning: ProjectionLearning, now: PopulationNow, name: str, changed: Callable[[], None]
    ) -> None:
        super().__init__(clock=now.clock, when="before_synapses", order=1, name=name)  # after gains are set
        self.learning, self.now, self._changed = learning, now, changed
        self.begin(np.zeros(now.population.copies, dtype=bool))
        self._change: SpikeChange | None = None
        self._contained_objects.append(_AfterDelivery(self))

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        self._taking_part, self._count = taking_part, int(taking_part.sum())

    def run(self) -> None:
        """Compute what is proposed for the spikes of this step; stock synapses do it themselves, and soon."""
        self.learning.before_spikes()
        if self._count and not self.learning.by_brian:
            self._change = self.learning.spike_change(self.now, self._taking_part)

    def apply(self) -> None:
        """Take the change into the weights."""
        if self.learning.by_brian:
            self._change = self.learning.spike_change(self.now, self._taking_part)
        if self._change is not None:
            self.learning.apply_on_spikes(self._change, self._count)
            self._changed()
        self._change = None


class _AfterDelivery(BrianObject):
    """The part of `SpikePlasticity` that changes weights."""

    add_to_magic_network = False

    def __init__(self, plasticity: SpikePlasticity) -> None:
        super().__init__(clock=plasticity.clock, when="after_synapses", name=f"{plasticity.name}_applied")
        self._plasticity = plasticity

    def run(self) -> None:
        """Apply the change of this step."""
        self._plasticity.apply()
