"""Where the spikes of a projection arrive: variables of the target, some scaled by it, some closed while refractory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from brian2 import NeuronGroup

from brainlearn.brian.copies_of_groups import not_refractory
from brainlearn.brian.scaled_target import ScaledTarget
from brainlearn.brian.text.synapse_factor import Effect


class SpikeTargets:
    """Arrays that spikes add to, one for each effect of a spike.

    Parameters
    ----------
    effects : sequence of Effect
    variables : mapping of str to (copy * post,) array
        The variables that they add to.
    target : NeuronGroup
    copies : int

    Attributes
    ----------
    arrays : list of array
        What is added to, effect by effect: the variable itself, or what its units scale afterwards.
    """

    def __init__(
        self, effects: Sequence[Effect], variables: Mapping[str, np.ndarray], target: NeuronGroup, copies: int
    ) -> None:
        self._scaled: list[ScaledTarget] = []
        self.arrays: list[np.ndarray] = []
        for effect in effects:
            array = variables[effect.target]
            if effect.post is not None:
                self._scaled.append(ScaledTarget(array, effect.post))
                array = self._scaled[-1].arriving
            self.arrays.append(array)
        open_to = {name: not_refractory(target, name, copies) for name in variables}
        self._guarded = [(variables[name], where) for name, where in open_to.items() if where is not None]

    @property
    def guarded(self) -> bool:
        """Bool : Whether a variable stays as it is in refractory units."""
        return bool(self._guarded)

    def before(self) -> list[np.ndarray]:
        """Return the guarded variables as they are before spikes arrive, for `pass_on`."""
        return [array.copy() for array, _ in self._guarded]

    def pass_on(self, before: Sequence[np.ndarray]) -> None:
        """Add what units scale, and leave variables as they were `before` where a unit is refractory."""
        for each in self._scaled:
            each.pass_on()
        for old, (array, open_to) in zip(before, self._guarded, strict=True):
            np.copyto(array, old, where=~open_to)
