"""Continuous transmission: a variable of the target is set to weighted sums over the source, in every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from brian2 import BrianObject, NeuronGroup

from brainlearn.brian.continuous_input import ContinuousInput, Total
from brainlearn.brian.fast_matrices import FastMatrices
from brainlearn.brian.late_values import LateValues
from brainlearn.brian.shared_weights import SharedWeights
from brainlearn.brian.text.synapse_factor import Effect
from brainlearn.saved_state import Arrays, below, under


class Transmission:
    """What one projection transmits.

    Parameters
    ----------
    projection : BrianObject
    source, target : NeuronGroup
    effects : sequence of Effect
        Whose sum the variable becomes.
    weights : SharedWeights
    variable : (copy, post) array
        That is set.
    delay : int
        For synapses without their own delay, in steps.
    sole_writer : bool
        Whether nothing else writes to the variable.
    fast : FastMatrices, optional
        Fast weights, by which the only effect is transmitted too.
    """

    def __init__(
        self,
        projection: BrianObject,
        source: NeuronGroup,
        target: NeuronGroup,
        effects: Sequence[Effect],
        weights: SharedWeights,
        variable: np.ndarray,
        delay: int,
        sole_writer: bool,
        fast: FastMatrices | None = None,
    ) -> None:
        self._variable, self._shape = variable, (len(variable), source.N // len(variable))
        self._input = ContinuousInput.onto(target, effects[0].target, variable)
        self._input.join(projection, sole_writer)
        self.total = Total(projection, self._input)
        self._sums = [_Sum(effect, weights, variable) for effect in effects]
        self._origins = effects[0].origins
        self._delay = -1
        self.set_delay(delay)
        self.fast = fast
        self._alone = len(effects) == 1 and effects[0].post is None and fast is None
        self._part = np.zeros_like(variable)

    def set_delay(self, delay: int) -> None:
        """Take a delay in steps; if it is another one, nothing is in transit any longer."""
        if delay != self._delay:
            self._delay = delay
            late = [each.set_delay(delay) for each in self._sums]
            for origin in self._origins:
                origin.counts = not any(late)

    def run(self, version: int) -> None:
        """Compute what arrives in this step, by the weights of a version, and pass it on."""
        if self._alone:
            part = self._variable if self._input.direct else self._part
            changed = self._sums[0].update(self._shape, version, part)
        else:
            part, changed = self._part, True
            part[:] = 0
            for each in self._sums:
                part += each.scaled(self._shape, version)
            if self.fast is not None:
                self.fast.transmit(self._sums[0].arriving, part)
        if part is self._part:
            self._input.take(part, changed)

    def clear(self) -> None:
        """Discard what is in transit."""
        for each in (*self._sums, self.fast):
            if each is not None:
                each.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Let what is in transit in some copies, (copy,) bool, be what is transmitted now; clear their fast weights."""
        for each in self._sums:
            each.restart(self._shape, copies)
        if self.fast is not None:
            self.fast.restart(copies)

    def state(self) -> Arrays:
        """Return what is in transit, and fast weights."""
        saved: Arrays = {} if self.fast is None else under("fast", self.fast.state())
        for k, each in enumerate(self._sums):
            saved |= under(f"sum_{k}", each.state())
        return saved

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""
        for k, each in enumerate(self._sums):
            each.restore(below(f"sum_{k}", saved))
        if self.fast is not None:
            self.fast.restore(below("fast", saved))


class _Sum:
    """A weighted sum over the source, recomputed if what arrives or the weights have changed."""

    def __init__(self, effect: Effect, weights: SharedWeights, variable: np.ndarray) -> None:
        self._effect, self._weights = effect, weights
        self._late: LateValues | None = None
        self._own = np.empty_like(variable)
        self._last: np.ndarray | None = None
        self._last_version, self._last_part = -1, self._own

    def set_delay(self, delay: int) -> bool:
        """Take a delay in steps, of synapses without their own; return whether anything is sent later than now."""
        each = self._weights.rows is not None and self._weights.rows.delays is not None
        late = (delay > 0 or each) and not self._effect.fixed  # what is the same in all steps has none
        self._late = LateValues(self._weights, delay) if late else None
        return late

    def scaled(self, shape: tuple[int, int], version: int) -> np.ndarray:
        """Return the sum times what the postsynaptic units say, (copy, post)."""
        self.update(shape, version, self._own)
        if self._effect.post is None:
            return self._own
        product: np.ndarray = self._own * np.reshape(self._effect.post(None), (len(self._own), -1))
        return product

    def update(self, shape: tuple[int, int], version: int, part: np.ndarray) -> bool:
        """Write the sum into `part`, unless it is there already; return whether it had to be computed."""
        values = self._now(shape)
        if self._late is not None:
            moved = self._late.take_in(values)
            if not moved and self._is_there(version, part):
                return False
            self._late.sum_into(part)
        else:
            if self._last is not None and self._is_there(version, part) and np.array_equal(values, self._last):
                return False
            if values.any():
                self._weights.sum_into(values, part)
            else:  # as at the onset of a presentation
                part[:] = 0
            if self._last is None:
                self._last = np.empty_like(values)
            self._last[:] = values
        self._last_version, self._last_part = version, part
        return True

    @property
    def arriving(self) -> np.ndarray:
        """What arrived last, (copy, pre)."""
        if self._late is not None:
            return self._late.arriving
        assert self._last is not None
        return self._last

    def _is_there(self, version: int, part: np.ndarray) -> bool:
        return self._last_version == version and self._last_part is part

    def clear(self) -> None:
        """Discard what is in transit."""
        if self._late is not None:
            self._late.clear()

    def restart(self, shape: tuple[int, int], copies: np.ndarray) -> None:
        """Let what is in transit in some copies, (copy,) bool, be what is transmitted now."""
        if self._late is not None:
            self._late.restart(copies, self._now(shape))

    def _now(self, shape: tuple[int, int]) -> np.ndarray:
        """Return what the source transmits now, (copy, pre)."""
        return np.broadcast_to(self._effect.pre(None), (shape[0] * shape[1],)).reshape(shape)

    def state(self) -> Arrays:
        """Return what is in transit."""
        return {} if self._late is None else self._late.state()

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""
        if self._late is not None:
            self._late.restore(saved)
            self._last_version = -1
