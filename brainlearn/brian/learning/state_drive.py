"""What both units bring to states of synapses in every step, and what they multiply them by, at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import BrianObject, Clock

from brainlearn.brian.learning.population_values import UnitNow
from brainlearn.brian.learning.slots import SLOT
from brainlearn.brian.learning.state_equations import StateSystem
from brainlearn.brian.learning.unit_drives import values_of
from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays, put_back


@compiled_loop(nogil=True)
def _decay_and_add(value, factor, a, b, starts, post):  # type: ignore[no-untyped-def]
    """Multiply ``value[c, k]`` by a factor and add ``a[c, pre[k]] * b[c, post[k]]``; synapses stand row by row."""
    for c in range(value.shape[0]):
        row = b[c]
        for i in range(starts.shape[0] - 1):
            x = a[c, i]
            for k in range(starts[i], starts[i + 1]):
                value[c, k] = factor * value[c, k] + x * row[post[k]]


@compiled_loop(nogil=True)
def _multiply(value, a, b, starts, post):  # type: ignore[no-untyped-def]
    """Multiply ``value[c, k]`` by ``a[c, pre[k]] * b[c, post[k]]``; synapses stand row by row."""
    for c in range(value.shape[0]):
        for i in range(starts.shape[0] - 1):
            for k in range(starts[i], starts[i + 1]):
                value[c, k] *= a[c, i] * b[c, post[k]]


class StateDrive(BrianObject):
    """Looks at both units where step terms do: states are multiplied in this step, and follow in the step after.

    Parameters
    ----------
    system : StateSystem
    units : mapping of str to UnitNow
        By side.
    constants : mapping of str to float
        By their names in the products of `system`, in SI units.
    shape : pair of int
        Units of both populations.
    dtype : numpy type
    clock : Clock
    name : str
    """

    add_to_magic_network = False

    def __init__(
        self,
        system: StateSystem,
        units: Mapping[str, UnitNow],
        constants: Mapping[str, float],
        shape: tuple[int, int],
        dtype: Any,
        clock: Clock,
        name: str,
    ) -> None:
        super().__init__(clock=clock, when=SLOT, order=2, name=name)
        self.system, self._units, self._constants = system, units, constants
        copies = units["pre"].population.copies
        self._held = [tuple(np.zeros((copies, size), dtype=dtype) for size in shape) for _ in system.drives]
        self._factors = [tuple(np.ones((copies, size), dtype=dtype) for size in shape) for _ in system.factors]

    def run(self) -> None:
        """Hold what units bring in this step."""
        products = [*self.system.drives, *self.system.factors]
        for product, (pre, post) in zip(products, [*self._held, *self._factors], strict=True):
            pre[:] = values_of(product.pre, self._units, self._constants)
            post[:] = values_of(product.post, self._units, self._constants)

    def multiply(self, values: np.ndarray, starts: np.ndarray, post: np.ndarray) -> None:
        """Multiply states by what units say in this step; arguments as those of `add_to`."""
        for factor, (a, b) in zip(self.system.factors, self._factors, strict=True):
            _multiply(values[self.system.names.index(factor.state)], a, b, starts, post)

    def add_to(self, values: np.ndarray, decay: np.ndarray, starts: np.ndarray, post: np.ndarray) -> None:
        """Take states one time step further.

        Parameters
        ----------
        values : (state, copy, synapse) array
        decay : (state,) array
            What is left of each.
        starts : (pre + 1,) int array
            Where the synapses of every presynaptic unit begin.
        post : (synapse,) int array
        """
        for state, factors in enumerate(self.system.response):
            left = values.dtype.type(decay[state])
            for factor, (a, b) in zip(factors, self._held, strict=True):
                if factor:
                    _decay_and_add(values[state], left, a * a.dtype.type(factor), b, starts, post)
                    left = values.dtype.type(1)
            if left != 1:
                values[state] *= left

    def clear(self) -> None:
        """Start over: nothing was brought before the first step."""
        for each in self._held:
            for side in each:
                side.fill(0)
        for each in self._factors:
            for side in each:
                side.fill(1)

    def restart(self, copies: np.ndarray) -> None:
        """Forget what was brought in some copies, (copy,) bool."""
        for each in self._held:
            for side in each:
                side[copies] = 0

    def state(self) -> Arrays:
        """Return what is held."""
        return {
            f"{side}_{k}": held
            for k, both in enumerate(self._held)
            for side, held in zip(("pre", "post"), both, strict=True)
        }

    def restore(self, saved: Arrays) -> None:
        """Hold what was saved."""
        for name, held in self.state().items():
            put_back(held, name, saved)
