"""A population of a circuit as a Brian2 `NeuronGroup` that holds all its copies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import numpy as np
from brian2 import BrianObject, Clock, Equations, NeuronGroup, Quantity
from brian2.core.namespace import DEFAULT_UNITS
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER
from brian2.units.fundamentalunits import DIMENSIONLESS, Dimension, get_or_create_dimension, get_unit

from brainlearn.brian.constant_parts import ConstantParts
from brainlearn.brian.delivery import count_spikes
from brainlearn.brian.each_step import run_each_step
from brainlearn.brian.fused_code import FusedCodeObject
from brainlearn.brian.inputs import Inputs
from brainlearn.brian.learning.traces import TraceText
from brainlearn.brian.one_copy import SIZE, OnsetTime, number_units, of_one_copy
from brainlearn.brian.stretch.part import Part, address
from brainlearn.circuit import Circuit, Population
from brainlearn.expression import parse_expression
from brainlearn.reserved import reserved
from brainlearn.saved_state import Arrays, put_back
from brainlearn.units import Quantity as TextQuantity

SPIKE_COUNT = reserved("spike_count")
GAIN = reserved("gain")
LONG_AGO = -1e9  # seconds: when a unit spiked last, at the onset of a presentation


def to_brian(quantity: TextQuantity) -> Quantity | float:
    """Return a circuit file's quantity as Brian2's."""
    dimension: Dimension = get_or_create_dimension(list(quantity.dimension))
    return Quantity(quantity.value, dim=dimension) if any(quantity.dimension) else quantity.value


class PopulationGroup:
    """The `NeuronGroup` of a population, with what learning and recording add to it.

    Parameters
    ----------
    circuit : Circuit
    population : Population
    copies : int
    clock : Clock
    onset : OnsetTime, optional
        The time that its text calls `t`; default: the clock's.
    parts : sequence of Inputs
        Sums of continuous projections whose parts are variables of their own: all that equations add up, and for
        stock synapses the others too.
    traces : sequence of TraceText
        Traces that rules add.
    told : sequence of str
        Further variables that somebody sets: what stock synapses read of broadcasts and memories.
    values : mapping of str to (copy, unit) array, optional
        What differs between units, in SI units; default: 0.

    Attributes
    ----------
    group : NeuronGroup
        Neuron ``copy * size + unit``.
    summed : frozenset of str
        Variables that projections set and equations add up.
    """

    lasting = True  # whether `array` returns the same view for ever

    def __init__(
        self,
        circuit: Circuit,
        population: Population,
        copies: int,
        clock: Clock,
        onset: OnsetTime | None = None,
        parts: Sequence[Inputs] = (),
        traces: Sequence[TraceText] = (),
        told: Sequence[str] = (),
        values: Mapping[str, np.ndarray] = MappingProxyType({}),
    ) -> None:
        self.population, self.copies = population, copies
        self.model, self._values = circuit.models[population.path], values
        self.spiking = bool(self.model.threshold)
        self.steps = 0  # since counts were last set to zero
        self.traces = tuple(traces)
        self.summed = frozenset(each.part(name) for each in parts if each.in_equations for name in each.projections)
        self.parameters = {name: to_brian(value) for name, value in self.model.parameters.items()}
        self._views: dict[str, np.ndarray] = {}
        self.group = self._build(clock, parts, told)
        number_units(self.group, population.size)
        self.constant_parts = self._constant_parts()
        if onset is not None:
            onset.be_read_by(self.group)
        self._add_up(parts)
        for each in self.traces:
            each.put_into(self.group)
        self.counter = SpikeCounter(self) if self.spiking else None
        for name in (*self.model.varied, *self.model.kept):
            self.array(name)[:] = self.initial_value(name)
        self._initial = [(array, self.initial_value(name)) for name, array in self._dynamic()]
        self.reset_state()

    def _build(self, clock: Clock, parts: Sequence[Inputs], told: Sequence[str]) -> NeuronGroup:
        text = {"threshold": self.model.threshold} if self.spiking else {}
        if self.spiking:
            text["reset"] = "\n".join([self.model.reset, *(each.on_spike for each in self.traces)])
        if self.model.refractory:
            text["refractory"] = self.model.refractory
        return NeuronGroup(
            self.population.size * self.copies,
            of_one_copy(self._equations(parts, told)),
            method=self.model.method,
            namespace={
                **self.parameters,
                **{name: value for each in self.traces for name, value in each.constants.items()},
                SIZE: self.population.size,
            },
            clock=clock,
            name=group_name(self.population.path),
            codeobj_class=FusedCodeObject,
            dtype=dict.fromkeys(self.model.kept, np.float64) or None,  # slow changes would be lost in float32
            **{key: of_one_copy(each) for key, each in text.items()},
        )

    def _constant_parts(self) -> ConstantParts | None:
        """Return what of the state update is computed once for every unit, where constants differ between them."""
        if not self.model.varied:
            return None
        shape = self.copies, self.population.size
        return ConstantParts(
            self.group, {name: np.broadcast_to(self.initial_value(name), shape) for name in self.model.varied}
        )

    def _equations(self, parts: Sequence[Inputs], told: Sequence[str]) -> str:
        lines = [self.model.equations, f"{GAIN} : 1"]
        if self.spiking:
            lines.append(f"{SPIKE_COUNT} : 1")
        own = Equations(self.model.equations)
        for inputs in parts:
            unit = unit_text(own[inputs.variable].dim)
            lines += [f"{inputs.part(name)} : {unit}" for name in inputs.projections]
            if inputs.in_equations:
                total = f"{inputs.variable} = {inputs.total} : {unit}"
                lines[0] = re.sub(rf"^\s*{inputs.variable}\s*:.*$", total, lines[0], count=1, flags=re.MULTILINE)
        lines += [f"{name} : 1" for name in told]
        return "\n".join([*lines, *(each.declarations for each in self.traces)])

    def _add_up(self, parts: Sequence[Inputs]) -> None:
        """Let sums of continuous projections be taken before states are updated."""
        for inputs in (each for each in parts if not each.in_equations):
            text = f"{inputs.variable} = {inputs.total}"
            run_each_step(self.group, text, "groups", -1, f"{inputs.variable}_sum")

    def _dynamic(self) -> Iterable[tuple[str, np.ndarray]]:
        """Yield what is put back at the onset: variables of differential equations that are not kept, and traces."""
        traces = {variable for each in self.traces for variable in each.variables.values()}
        for name, equation in self.group.equations.items():
            follows = equation.type == DIFFERENTIAL_EQUATION and name not in self.model.kept
            if follows or (name in traces and equation.type == PARAMETER):
                yield name, self.array(name)

    def initial_value(self, name: str) -> float | np.ndarray:
        """Return the value of a variable at the onset of a presentation, one or (copy, unit), in SI units."""
        if name in self._values:
            return self._values[name]
        return self.model.initial[name].value if name in self.model.initial else 0.0

    # ---- what others read and write ------------------------------------------------------------------------------

    def array(self, name: str) -> np.ndarray:
        """Return the state variable `name` as a (copy, unit) view; writing to it changes the simulation."""
        if name not in self._views:
            variable = self.group.variables[name]
            assert isinstance(variable, ArrayVariable)
            self._views[name] = variable.get_value().reshape(self.copies, -1)
        return self._views[name]

    def set(self, name: str, values: np.ndarray | float) -> None:
        """Give the state variable `name` other values, (copy, unit) or broadcast to it, in SI units."""
        self.array(name)[:] = values

    def has(self, name: str) -> bool:
        """Return whether `name` is a state variable (an array with one value per unit)."""
        if name in self._views:
            return True
        variable = self.group.variables.get(name)
        return isinstance(variable, ArrayVariable) and not variable.scalar

    def value(self, name: str) -> np.ndarray | float:
        """Return a state variable or a subexpression, (copy, unit), or a constant of the model [SI units].

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        if self.has(name):
            return self.array(name)
        variable = self.group.variables.get(name)
        if isinstance(variable, Subexpression):
            expression = parse_expression(variable.expr)
            computed: np.ndarray = expression({each: self.value(each) for each in expression.names})
            return computed
        if isinstance(variable, ArrayVariable | Constant):  # t, dt, what is shared
            return float(np.asarray(variable.get_value()).item())
        return float((DEFAULT_UNITS if name not in self.group.namespace else self.group.namespace)[name])

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
        if self.spiking:
            return self.array(SPIKE_COUNT) / max(self.steps, 1)
        return self.array(self.model.output)

    def reset_state(self) -> None:
        """Put every variable of a differential equation back to its initial value, and end refractoriness."""
        for array, value in self._initial:
            array[:] = value
        if self.has("lastspike"):
            self.array("lastspike").fill(LONG_AGO)
            self.array("not_refractory").fill(True)
        self.reset_counts()

    def restart(self, copies: np.ndarray) -> None:
        """Put back the variables of some copies only, (copy,) bool, as `reset_state` does for all."""
        for array, value in self._initial:
            array[copies] = np.broadcast_to(value, array.shape)[copies]
        if self.has("lastspike"):
            self.array("lastspike")[copies] = LONG_AGO
            self.array("not_refractory")[copies] = True

    def age(self, seconds: float) -> None:
        """Let the last spikes be so much longer ago [s]: a presentation begins, and its time with it."""
        if self.has("lastspike"):
            self.array("lastspike").__isub__(seconds)

    @cached_property
    def spikes_of_step(self) -> np.ndarray:
        """(neuron + 1,) int array : The units that spiked in this step, and last how many."""
        space: np.ndarray = self.group.variables["_spikespace"].get_value()
        return space

    def spikes(self) -> np.ndarray:
        """Return the indices ``copy * size + unit`` of the units that spiked in this step."""
        space = self.spikes_of_step
        return space[: space[-1]]

    def spiked(self) -> np.ndarray:
        """Return 1 for the units that spiked in this step, and 0 for others, (copy, unit), as states are stored."""
        found = np.zeros((self.copies, self.population.size), dtype=self.array(GAIN).dtype)
        found.reshape(-1)[self.spikes()] = 1
        return found

    def finite(self) -> bool:
        """Return whether all variables of differential equations are finite numbers."""
        return all(bool(np.isfinite(array).all()) for array, _ in self._initial)

    def reset_counts(self) -> None:
        """Restart the spike counts."""
        self.steps = 0
        if self.spiking:
            self.array(SPIKE_COUNT).fill(0)

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all that can change in the group; views."""
        variables, name = self.group.variables, self.group.name
        own = {key: v for key, v in variables.items() if isinstance(v, ArrayVariable) and v.owner.name == name}
        return {key: variable.get_value() for key, variable in own.items() if not variable.constant}

    def restore(self, saved: Arrays) -> None:
        """Put the group back."""
        for name, array in self.state().items():
            put_back(array, name, saved)


class SpikeCounter(BrianObject):
    """Counts the spikes of a population in its variable ``spike_count``, before they are delivered."""

    add_to_magic_network = False

    def __init__(self, population: PopulationGroup) -> None:
        group = population.group
        super().__init__(clock=group.clock, when="after_thresholds", name=group.name + "_counter")
        self._count = population.array(SPIKE_COUNT).reshape(-1)
        self._spikespace = group.variables["_spikespace"].get_value()

    def run(self) -> None:
        """Add the spikes of this step."""
        count_spikes(self._spikespace, self._count)

    def parts(self) -> list[Part]:
        """Return its part of a step."""
        from brainlearn.brian.stretch.compiled_parts import count

        space, found = self._spikespace, self._count
        return [Part(count, lambda: [address(space), address(found), len(found)], (), (found[:0],))]


def group_name(path: str) -> str:
    """Return the name of a population's group: another one for ``A/B_C`` than for ``A_B/C``."""
    return "population_" + path.replace("_", "__").replace("/", "_")


def unit_text(dimension: Dimension) -> str:
    """Return a dimension as a unit that may be written in equations: ``volt``, ``1``."""
    return "1" if dimension is DIMENSIONLESS else repr(get_unit(dimension))
