"""A population of a circuit as a Brian2 `NeuronGroup` that holds all its copies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from brian2 import BrianObject, Clock, Equations, NeuronGroup, Quantity
from brian2.core.variables import ArrayVariable, Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION
from brian2.units.fundamentalunits import Dimension, get_or_create_dimension

from brainlearn.brian.delivery import count_spikes
from brainlearn.brian.fused_code import FusedCodeObject
from brainlearn.circuit import Circuit, Population
from brainlearn.expression import parse_expression
from brainlearn.neurons import NeuronModel
from brainlearn.rules import Trace
from brainlearn.saved_state import Arrays, put_back
from brainlearn.units import Quantity as TextQuantity

SPIKE_COUNT = "spike_count"
GAIN = "gain"


@dataclass(frozen=True)
class Inputs:
    """Continuous projections onto one variable: ``drive = drive_0 + drive_1``.

    Parameters
    ----------
    variable : str
        As the neuron model calls it.
    parts : tuple of str
        One variable per projection, in the circuit's order.
    """

    variable: str
    parts: tuple[str, ...]


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
    inputs : sequence of Inputs
        Continuous projections onto it.
    traces : sequence of Trace
        Traces that rules add.
    constants : mapping
        Values of the traces' parameters.
    told : sequence of str
        Further variables that somebody sets: what stock synapses read of broadcasts and memories.

    Attributes
    ----------
    group : NeuronGroup
        Neuron ``copy * size + unit``.
    """

    def __init__(
        self,
        circuit: Circuit,
        population: Population,
        copies: int,
        clock: Clock,
        inputs: Sequence[Inputs] = (),
        traces: Sequence[Trace] = (),
        constants: Mapping[str, TextQuantity] | None = None,
        told: Sequence[str] = (),
    ) -> None:
        self.population, self.copies = population, copies
        self.model = circuit.neurons[population.neuron]
        self.spiking = bool(self.model.threshold)
        self.steps = 0  # since counts were last set to zero
        parameters = {**self.model.parameters, **(constants or {})}
        self.namespace = {name: to_brian(value) for name, value in parameters.items()}
        self.group = self._build(clock, inputs, traces, told)
        self.counter = SpikeCounter(self) if self.spiking else None
        self._initial = [(array, self.initial_value(name)) for name, array in self._dynamic()]
        self.reset_state()

    def _build(
        self, clock: Clock, inputs: Sequence[Inputs], traces: Sequence[Trace], told: Sequence[str]
    ) -> NeuronGroup:
        name = "population_" + re.sub(r"\W", "_", self.population.path)
        spikes = {"threshold": self.model.threshold} if self.spiking else {}
        if self.spiking:
            spikes["reset"] = "\n".join([self.model.reset, *(trace.on_spike for trace in traces)])
        if self.model.refractory:
            spikes["refractory"] = self.model.refractory
        return NeuronGroup(
            self.population.size * self.copies,
            self._equations(inputs, traces, told),
            method=self._method(traces),
            namespace=self.namespace,
            clock=clock,
            name=name,
            codeobj_class=FusedCodeObject,
            **spikes,
        )

    def _method(self, traces: Sequence[Trace]) -> str:
        """Return how Brian2 integrates; a model without equations of its own leaves traces, which are linear.

        Where one trace follows another it is never "exact": that closed form divides by the difference of their time
        constants, which may be equal.
        """
        method = self.model.method if Equations(self.model.equations).diff_eq_names else "exact"
        return "exponential_euler" if method == "exact" and chained(traces) else method

    def _equations(self, inputs: Sequence[Inputs], traces: Sequence[Trace], told: Sequence[str]) -> str:
        text = self.model.equations
        for parts in inputs:
            text = split_input(text, parts, self.model)
        lines = [text, f"{GAIN} : 1"]
        if self.spiking:
            lines.append(f"{SPIKE_COUNT} : 1")
        lines += [f"{name} : 1" for name in told]
        lines += [trace.equation if self.spiking or not trace.graded else trace.graded for trace in traces]
        return "\n".join(lines)

    def _dynamic(self) -> Iterable[tuple[str, np.ndarray]]:
        """Yield the variables that a differential equation drives."""
        for name, equation in self.group.equations.items():
            if equation.type == DIFFERENTIAL_EQUATION:
                yield name, self.array(name)

    def initial_value(self, name: str) -> float:
        """Return the value of a variable at the onset of a presentation, in SI units."""
        return self.model.initial[name].value if name in self.model.initial else 0.0

    # ---- what others read and write ------------------------------------------------------------------------------

    def array(self, name: str) -> np.ndarray:
        """Return the state variable `name` as a (copy, unit) view; writing to it changes the simulation."""
        variable = self.group.variables[name]
        assert isinstance(variable, ArrayVariable)
        return variable.get_value().reshape(self.copies, -1)

    def has(self, name: str) -> bool:
        """Tell whether `name` is a state variable (an array with one value per unit)."""
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
        return float(self.namespace[name])

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
            array.fill(value)
        if self.has("lastspike"):
            self.array("lastspike").fill(-1e9)
            self.array("not_refractory").fill(True)
        self.reset_counts()

    def spikes(self) -> np.ndarray:
        """Return the indices ``copy * size + unit`` of the units that spiked in this step."""
        space = self.group.variables["_spikespace"].get_value()
        spikes: np.ndarray = space[: space[-1]]
        return spikes

    def finite(self) -> bool:
        """Tell whether all variables of differential equations are finite numbers."""
        return all(bool(np.isfinite(array).all()) for array, _ in self._initial)

    def reset_counts(self) -> None:
        """Begin to count spikes anew."""
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


def chained(traces: Sequence[Trace]) -> bool:
    """Tell whether a trace follows another one."""
    names = "|".join(trace.name for trace in traces)
    return any(re.search(rf"\b(?!{each.name}\b)({names})\b", each.equation) for each in traces)


def split_input(text: str, inputs: Inputs, model: NeuronModel) -> str:
    """Replace the equation ``drive : 1`` by the sum of one variable per projection.

    Raises
    ------
    ValueError
        If the model has no such variable.
    """
    pattern = re.compile(rf"^(\s*){re.escape(inputs.variable)}\s*:\s*([^\n#(]+).*$", re.MULTILINE)
    match = pattern.search(text)
    if match is None:
        raise ValueError(f'the neuron model "{model.name}" has no input variable "{inputs.variable} : unit"')
    if len(inputs.parts) == 1 and inputs.parts[0] == inputs.variable:
        return text
    unit = match[2].strip()
    lines = [f"{part} : {unit}" for part in inputs.parts]
    lines.append(f"{inputs.variable} = {' + '.join(inputs.parts)} : {unit}")
    return text[: match.start()] + "\n".join(lines) + text[match.end() :]
