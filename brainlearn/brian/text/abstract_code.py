"""A circuit as Brian2's own abstract code: plain assignments and constants that another machine can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from brian2 import Clock, Network, NeuronGroup, Quantity, second
from brian2.codegen.translation import make_statements
from brian2.core.functions import Function
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.groups.group import CodeRunner
from brian2.utils.stringtools import get_identifiers

from brainlearn.brian.delay_line import delay_steps
from brainlearn.brian.inputs import Inputs
from brainlearn.brian.learning.traces import TraceText
from brainlearn.brian.network_run import brian_settings, little_garbage, run_network
from brainlearn.brian.one_copy import UNIT
from brainlearn.brian.populations import LONG_AGO, SPIKE_COUNT, PopulationGroup
from brainlearn.brian.text.statement import Statement, statements_of
from brainlearn.brian.text.synapse_constants import synapse_constants
from brainlearn.brian.text.synapse_text import continuous_inputs, synapse_text
from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.brian.text.text_parsing import reason_of
from brainlearn.circuit import Circuit, Population, Projection
from brainlearn.expression import CONSTANTS
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NeuronModel


@dataclass(frozen=True)
class PopulationCode:
    """What Brian2 computes for one population in one time step.

    Parameters
    ----------
    where : str
        The model, for messages: ``circuits/v1.toml: neurons.fast``.
    update, threshold, reset : str
        Abstract code: assignments, one to a line; `threshold` assigns to ``_cond``. Empty if there is none. `update`
        and `reset` assign subexpressions before they read them.
    initial : mapping of str to float
        State variables with one value for each unit, and what they are at the onset of a presentation, in SI units; 0
        for those that differ between units.
    differential : tuple of str
        Those that a differential equation drives: put back at every onset, while the others keep their values.
    boolean, integer : frozenset of str
        State variables that are true or false, and those that are whole numbers.
    held : tuple of str
        Subexpressions that Brian2 computes once a step, before it begins: ``(constant over dt)``.
    subexpressions : mapping of str to str
        Names that stand for an expression.
    constants : mapping of str to float
        In SI units, ``dt`` among them.
    unless_refractory : frozenset of str
        Variables that keep their value while a unit is refractory.
    parts : mapping of str to str
        State variables that are computed once, from constants that differ between units; see `ConstantParts`.
    """

    where: str
    update: str
    threshold: str
    reset: str
    initial: Mapping[str, float]
    differential: tuple[str, ...]
    boolean: frozenset[str]
    integer: frozenset[str]
    held: tuple[str, ...]
    subexpressions: Mapping[str, str]
    constants: Mapping[str, float]
    unless_refractory: frozenset[str]
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def refractory(self) -> bool:
        """Whether a unit rests after a spike."""
        return "not_refractory" in self.initial


@dataclass(frozen=True)
class ProjectionCode:
    """What the synapses of one projection do.

    Parameters
    ----------
    statements : tuple of Statement
        Sums into variables of the target, each ``w`` times a factor of presynaptic variables.
    continuous : bool
        All the time, before states are updated, instead of after a spike.
    delay : int
        From spike to effect [time steps]; 0 where every synapse has its own delay.
    constants : mapping of str to float
        What the factors name besides presynaptic variables, in SI units.
    """

    statements: tuple[Statement, ...]
    continuous: bool
    delay: int
    constants: Mapping[str, float]


@dataclass(frozen=True)
class CircuitCode:
    """A circuit's populations by path, and its projections by name."""

    populations: Mapping[str, PopulationCode]
    projections: Mapping[str, ProjectionCode]


@little_garbage()
def circuit_code(circuit: Circuit, traces: Mapping[str, Sequence[TraceText]] = MappingProxyType({})) -> CircuitCode:
    """Let Brian2 parse the circuit's text and turn it into abstract code.

    Nothing is simulated. Random numbers, noise terms and the like stay in the text as Brian2 writes them; who
    renders it decides what to do about them.

    Parameters
    ----------
    circuit : Circuit
    traces : mapping of str to sequence of TraceText
        What rules add to populations, by path.

    Raises
    ------
    UserError
        If Brian2 refuses the text.
    """
    alike: dict[tuple[int, int, tuple[Inputs, ...], tuple[int, ...]], PopulationCode] = {}
    populations: dict[str, PopulationCode] = {}
    for population in circuit.populations:
        size = population.size if _names_its_size(circuit.models[population.path]) else 1
        inputs = tuple(each for each in continuous_inputs(circuit, population.path) if each.in_equations)
        added = tuple(traces.get(population.path, ()))
        key = id(circuit.models[population.path]), size, inputs, tuple(map(id, added))
        if key not in alike:
            alike[key] = _population_code(circuit, replace(population, size=size), inputs, added)
        populations[population.path] = alike[key]
    return CircuitCode(populations, {each.name: _projection_code(circuit, each) for each in circuit.projections})


def _names_its_size(model: NeuronModel) -> bool:
    """Return whether the text of a model reads how many units the population has."""
    texts = (model.equations, model.threshold, model.reset, model.refractory)
    return any("N" in get_identifiers(text) for text in texts)


def _population_code(
    circuit: Circuit, population: Population, inputs: tuple[Inputs, ...], traces: tuple[TraceText, ...]
) -> PopulationCode:
    clock = Clock(dt=circuit.dt.value * second, name="abstract_code_clock*")
    where = f"{circuit.path}: neurons.{population.neuron}"
    try:
        with brian_settings("float64"):
            built = PopulationGroup(circuit, population, 1, clock, parts=inputs, traces=traces)
            group = built.group
            parts = [group] if built.counter is None else [group, built.counter]
            run_network(Network(*parts), 0)  # only now does Brian2 write the code
    except Exception as error:  # of many kinds
        mistakes = find_mistakes(circuit) or [Mistake(where, f"Brian2 refuses the model: {reason_of(error)}")]
        raise UserError(*mistakes) from error
    threshold = group.thresholder["spike"].abstract_code if built.spiking else ""
    reset = _spelled_out(group.resetter["spike"]) if built.spiking else ""
    apart = [each.update for each in traces if each.update and each.apart(group)]
    update = "\n".join([*apart, _spelled_out(group.state_updater)])
    subexpressions = {name: v.expr for name, v in group.variables.items() if isinstance(v, Subexpression)}
    named = set().union(*(get_identifiers(text) for text in (update, threshold, reset, *subexpressions.values())))
    unused = {"i", SPIKE_COUNT, *({UNIT} - named)}
    fixed = {} if built.constant_parts is None else built.constant_parts.parts
    arrays = {
        name: variable
        for name, variable in group.variables.items()
        if isinstance(variable, ArrayVariable) and not variable.scalar and not name.startswith("_")
        if name not in unused
    }
    return PopulationCode(
        where=where,
        update=update,
        threshold=threshold,
        reset=reset,
        initial={name: _initial(built, name) for name in arrays},
        differential=tuple(group.equations.diff_eq_names),
        boolean=frozenset(name for name, v in arrays.items() if np.dtype(v.dtype) == np.bool_),
        integer=frozenset(name for name, v in arrays.items() if np.issubdtype(v.dtype, np.integer)),
        held=tuple(name for name, e in built.group.user_equations.items() if "constant over dt" in e.flags),
        subexpressions=subexpressions,
        constants=_constants(group, built, [update, threshold, reset, *subexpressions.values(), *fixed.values()]),
        unless_refractory=frozenset(name for name, v in arrays.items() if v.conditional_write is not None),
        parts=fixed,
    )


def _spelled_out(runner: CodeRunner) -> str:
    """Return a runner's code with a line wherever Brian2 computes a subexpression.

    Not before every line that reads one: Brian2 keeps the value if no later line writes what the expression names, so
    in ``v -= 0.5*distance; u += distance`` both lines read the distance from before.
    """
    code: str = runner.abstract_code
    variables = runner.codeobj.variables if runner.codeobj is not None else {}
    if not any(isinstance(variables.get(name), Subexpression) for name in get_identifiers(code)):
        return code
    scalars, vectors = make_statements(code, variables, np.float64, optimise=False)
    return "\n".join(f"{s.var} {s.op.replace(':=', '=')} {s.expr}" for s in (*scalars, *vectors))


def _initial(built: PopulationGroup, name: str) -> float:
    """Return a variable's value at the onset of a presentation."""
    return {"lastspike": LONG_AGO, "not_refractory": 1.0}.get(name, float(built.initial_value(name)))


def _constants(group: NeuronGroup, built: PopulationGroup, texts: list[str]) -> dict[str, float]:
    """Return the value of every name in the texts that is no variable and no function.

    Brian2's own units and constants hide a parameter of that name.
    """
    known = {**group.namespace, **DEFAULT_UNITS, **DEFAULT_CONSTANTS}
    found = {"dt": float(group.clock.dt_)}
    for name in sorted(set().union(*(get_identifiers(text) for text in texts if text))):
        variable = group.variables.get(name)
        if isinstance(variable, ArrayVariable) and variable.scalar and name in group.equations:
            found[name] = float(built.initial_value(name))  # (shared): nobody can set it
        elif isinstance(variable, Constant):
            found[name] = float(variable.get_value())
        elif variable is None and name in known and not isinstance(known[name], Function):
            found[name] = _value(known[name])
    return found


def _projection_code(circuit: Circuit, projection: Projection) -> ProjectionCode:
    text = synapse_text(circuit, projection)
    model = replace(
        circuit.synapses[projection.synapse], on_pre=text.get("on_pre", ""), transmit=text.get("transmit", "")
    )
    statements = statements_of(model)
    parameters = {name: _value(value) for name, value in synapse_constants(circuit, projection).items()}
    known = {**parameters, **{name: _value(unit) for name, unit in DEFAULT_UNITS.items()}, **CONSTANTS}
    named = set().union(*(get_identifiers(statement.factor.text) for statement in statements))
    return ProjectionCode(
        statements=statements,
        continuous="transmit" in text,
        delay=delay_steps(projection.common_delay, circuit.dt.value),
        constants={name: value for name, value in known.items() if name in named},
    )


def _value(quantity: Quantity | Constant | float) -> float:
    return float(quantity.get_value() if isinstance(quantity, Constant) else quantity)
