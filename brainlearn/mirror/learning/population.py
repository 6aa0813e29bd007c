"""A population of the mirror as rules, tasks and records see it: what `PopulationGroup` is in Brian2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.brian.learning.traces import TraceText
from brainlearn.brian.one_copy import UNIT
from brainlearn.brian.populations import LONG_AGO, SPIKE_COUNT, group_name
from brainlearn.circuit import Population
from brainlearn.expression import parse_expression
from brainlearn.mirror.draws import Draws
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mirror.rendered import DRAWS
from brainlearn.mirror.state import MirrorState
from brainlearn.neurons import NeuronModel
from brainlearn.saved_state import Arrays, put_back


@dataclass(frozen=True)
class Units:
    """The units of a population in all copies, with the interface of a `NeuronGroup`.

    Parameters
    ----------
    name : str
    clock : Clock
    N : int
        Their number in all copies.
    variables : mapping of str to Tensor
    """

    name: str
    clock: Any
    N: int
    variables: Mapping[str, Any]


class TensorPopulation:
    """A population whose states are tensors, which a step replaces and never changes.

    Arrays are read as NumPy; on a CPU they are views of tensors, and nobody may write to them. `set` replaces a tensor.

    Parameters
    ----------
    population : Population
    model : NeuronModel
    mirror : MirrorPopulation
    state : MirrorState
        Its entries for this population belong to it.
    copies : int
    traces : sequence of TraceText
        That rules add.
    summed : frozenset of str
        Variables that projections set and equations add up.
    dtype : torch.dtype
    device : torch.device
    clock : Clock
    """

    lasting = False

    def __init__(
        self,
        population: Population,
        model: NeuronModel,
        mirror: MirrorPopulation,
        state: MirrorState,
        copies: int,
        traces: Sequence[TraceText],
        summed: frozenset[str],
        dtype: torch.dtype,
        device: torch.device,
        clock: Any,
    ) -> None:
        self.population, self.model, self.mirror, self.copies = population, model, mirror, copies
        self.spiking, self.traces, self.summed = mirror.spiking, tuple(traces), summed
        self.steps = 0  # since counts were last set to zero
        self._state, self._path = state, population.path
        self._initial = mirror.initial_state(copies, dtype, device)
        for name in model.kept:
            self._initial[name] = self._initial[name].to(torch.float64)  # slow changes would be lost in float32
        self._silent = torch.zeros(copies, population.size, dtype=dtype, device=device)
        draws = Draws((copies, population.size), device)
        self._values: dict[str, Any] = {**self._initial, DRAWS: draws}
        state.populations[self._path] = self._values
        if self.spiking:
            state.spikes[self._path] = self._silent
        self.group = Units(group_name(self._path), clock, copies * population.size, self._values)
        added = {variable for each in traces for variable in each.variables.values()}
        follows = [*mirror.code.differential, *sorted(added & self._initial.keys())]
        self._dynamic = [name for name in follows if name not in model.kept]
        self.reset_state()

    # ---- what others read and write ------------------------------------------------------------------------------

    def _tensor(self, name: str) -> Tensor:
        tensor: Tensor = self._state.counts[self._path] if name == SPIKE_COUNT else self._values[name]
        return tensor

    def array(self, name: str) -> np.ndarray:
        """Return the state variable `name` as it is now, (copy, unit); read only."""
        return _array(self._tensor(name).expand(self.copies, self.population.size))

    def set(self, name: str, values: np.ndarray | float) -> None:
        """Give the state variable `name` other values, (copy, unit) or broadcast to it, in SI units."""
        old, shape = self._tensor(name), (self.copies, self.population.size)
        fresh = torch.from_numpy(np.broadcast_to(values, shape).astype(_numpy_type(old))).to(old.device)
        if name == SPIKE_COUNT:
            self._state.counts[self._path] = fresh
        else:
            self._values[name] = fresh

    def has(self, name: str) -> bool:
        """Return whether `name` is a state variable (an array with one value per unit)."""
        return name in self._initial or (name == SPIKE_COUNT and self.spiking)

    def value(self, name: str) -> np.ndarray | float:
        """Return a state variable or a subexpression, (copy, unit), or a constant of the model [SI units].

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        if self.has(name):
            return self.array(name)
        code = self.mirror.code
        if name in code.subexpressions:
            expression = parse_expression(code.subexpressions[name])
            computed: np.ndarray = expression({each: self.value(each) for each in expression.names})
            return computed
        if name == "t":
            return float(self._values["t"])
        return code.constants[name] if name in code.constants else self.model.parameters[name].value

    def rule_variable(self, name: str, number: int = 0) -> str:
        """Return the variable behind a name in the text of the rule `number`: a trace's own, and any other as it is."""
        own = next((each.variables for each in self.traces if each.number == number), {})
        return own.get(name, name)

    def activity(self) -> np.ndarray:
        """Return the activity since counts were last set to zero.

        Returns
        -------
        (copy, unit) array
            Spikes per step [1], or the transmitted variable of units that do not spike.
        """
        return self.array(SPIKE_COUNT) / max(self.steps, 1) if self.spiking else self.array(self.model.output)

    def reset_state(self) -> None:
        """Put every variable of a differential equation back to its initial value, and end refractoriness."""
        for name in self._dynamic:
            self._values[name] = self._initial[name]
        if "lastspike" in self._initial:
            self.set("lastspike", LONG_AGO)
            self.set("not_refractory", 1.0)
        self.reset_counts()

    def restart(self, copies: np.ndarray) -> None:
        """Put back the variables of some copies only, (copy,) bool, as `reset_state` does for all."""
        for name in self._dynamic:
            self._put_back(name, copies, self._initial[name].expand(self.copies, self.population.size))
        if "lastspike" in self._initial:
            for name, value in (("lastspike", LONG_AGO), ("not_refractory", 1.0)):
                self._put_back(name, copies, torch.tensor(value))

    def _put_back(self, name: str, copies: np.ndarray, initial: Tensor) -> None:
        now, chosen = self._values[name], torch.from_numpy(copies)[:, None]
        self._values[name] = torch.where(chosen.to(now.device), initial.to(now), now)

    def age(self, seconds: float) -> None:
        """Let the last spikes be so much longer ago [s]: a presentation begins, and its time with it."""
        if "lastspike" in self._initial:
            self._values["lastspike"] = self._values["lastspike"] - seconds

    def spikes(self) -> np.ndarray:
        """Return the indices ``copy * size + unit`` of the units that spiked in this step."""
        return np.asarray(torch.as_tensor(self._state.active.of(self._state.spikes[self._path])).numpy(force=True))

    def spiked(self) -> np.ndarray:
        """Return 1 for the units that spiked in this step, and 0 for others, (copy, unit), as states are stored."""
        return _array(self._state.spikes[self._path])

    def finite(self) -> bool:
        """Return whether all variables of differential equations are finite numbers."""
        return all(bool(torch.isfinite(self._values[name]).all()) for name in self._dynamic)

    def reset_counts(self) -> None:
        """Restart the spike counts."""
        self.steps = 0
        if self.spiking:
            self._state.counts[self._path] = self._silent

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all that can change in the population; views."""
        saved = {name: self.array(name) for name in self._initial if name != UNIT}
        return {**saved, SPIKE_COUNT: self.array(SPIKE_COUNT)} if self.spiking else saved

    def restore(self, saved: Arrays) -> None:
        """Put the population back."""
        for name, array in self.state().items():
            fresh = np.array(array)
            put_back(fresh, name, saved)
            self.set(name, fresh)


def _array(tensor: Tensor) -> np.ndarray:
    """Return a tensor as an array that nobody writes to; of the same memory, if it is on a CPU."""
    array: np.ndarray = tensor.numpy(force=True)
    array.flags.writeable = False
    return array


def _numpy_type(tensor: Tensor) -> Any:
    return tensor.new_empty(0).numpy(force=True).dtype
