"""The terms of a rule that act on spikes, at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.compiled_spikes import CompiledSpikes
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.spike_terms import SpikeChange
from brainlearn.brian.learning.steps import PopulationNow
from brainlearn.brian.loop_text import NotElementWise
from brainlearn.brian.stretch.part import Alone, Part

MANY_STEPS = 20_000  # after which it pays to compile two loops, where no stretch of steps does


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
    changed : callable, optional
        Called after weights were changed. Without it loops may do many steps at once.
    """

    add_to_magic_network = False

    def __init__(
        self, learning: ProjectionLearning, now: PopulationNow, name: str, changed: Callable[[], None] | None
    ) -> None:
        super().__init__(clock=now.clock, when="before_synapses", order=1, name=name)  # after gains are set
        self.learning, self.now, self._changed = learning, now, changed
        self._taking_part = np.zeros(now.population.copies, dtype=bool)
        self._count, self._steps = 0, 0
        self._change: SpikeChange | None = None
        self._compiled: CompiledSpikes | None = None
        self._refused = changed is not None or learning.by_brian or now.modulated
        self._alone: tuple[Alone, Alone] | None = None
        self._contained_objects.append(_AfterDelivery(self))

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        self._taking_part[:] = taking_part
        self._count = int(taking_part.sum())
        if self._compiled is not None:
            self._compiled.begin()

    def before_run(self, run_namespace: Mapping[str, Any] | None = None) -> None:
        """Forget where arrays were (called by `Network.run`)."""
        self._alone = None
        super().before_run(run_namespace)

    def run(self) -> None:
        """Compute what is proposed for the spikes of this step."""
        self._steps += 1
        loops = self._compiled if self._steps < MANY_STEPS else self.loops()
        if loops is None:
            self.propose()
        else:
            self._by_themselves(loops)[0]()

    def apply(self) -> None:
        """Take the change into the weights."""
        if self._compiled is None:
            self.take_change()
        else:
            self._by_themselves(self._compiled)[1]()

    def _by_themselves(self, loops: CompiledSpikes) -> tuple[Alone, Alone]:
        """Return what runs either loop where no stretch does."""
        if self._alone is None:
            self._alone = Alone(loops.proposing), Alone(loops.applying)
        return self._alone

    # ---- in Python -----------------------------------------------------------------------------------------------

    def propose(self) -> None:
        """Compute what is proposed for the spikes of this step; stock synapses do it themselves, and soon."""
        self.learning.before_spikes()
        if self._count and not self.learning.by_brian:
            self._change = self.learning.spike_change(self.now, self._taking_part)

    def take_change(self) -> None:
        """Take what was proposed in Python into the weights."""
        if self.learning.by_brian:
            self._change = self.learning.spike_change(self.now, self._taking_part)
        if self._change is not None:
            self.learning.apply_on_spikes(self._change, self._count)
            if self._changed is not None:
                self._changed()
        self._change = None

    # ---- as loops ------------------------------------------------------------------------------------------------

    def loops(self) -> CompiledSpikes | None:
        """Return the loops that do all this from now on, or None if it cannot be said as loops."""
        if self._compiled is None and not self._refused:
            try:
                self._compiled = CompiledSpikes(self.learning, self._taking_part, self.propose, self.take_change)
            except NotElementWise:
                self._refused = True
        return self._compiled

    def parts(self) -> list[Part] | None:
        """Return its part of a step before the delivery."""
        loops = self.loops()
        return None if loops is None else [loops.proposing]


class _AfterDelivery(BrianObject):
    """The part of `SpikePlasticity` that changes weights."""

    add_to_magic_network = False

    def __init__(self, plasticity: SpikePlasticity) -> None:
        super().__init__(clock=plasticity.clock, when="after_synapses", name=f"{plasticity.name}_applied")
        self._plasticity = plasticity

    def run(self) -> None:
        """Apply the change of this step."""
        self._plasticity.apply()

    def parts(self) -> list[Part] | None:
        """Return its part of a step."""
        loops = self._plasticity.loops()
        return None if loops is None else [loops.applying]
