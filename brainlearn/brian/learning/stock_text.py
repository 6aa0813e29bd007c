"""The text of a rule as Brian2 runs it in a synapse: names of rules become names of the simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from brian2.core.variables import Subexpression

from brainlearn.brian.learning.state_equations import (
    SpikeJump,
    StateSystem,
    spike_jumps,
    state_system,
    state_variable,
)
from brainlearn.brian.learning.traces import renamed, rule_constant
from brainlearn.brian.learning.unit_drives import Drive
from brainlearn.brian.populations import GAIN, PopulationGroup, to_brian
from brainlearn.expression import Expression, parse_expression
from brainlearn.reserved import of_rule, reserved
from brainlearn.rules.jump import side_of
from brainlearn.rules.known_names import OF_A_UNIT, told_names
from brainlearn.rules.rule import CONTINUOUS, IN_STEPS, SPIKED, SUMMED, WEIGHT, Change, Rule

Side = Literal["pre", "post"]
AT_A_PHASE_END = tuple(sorted(OF_A_UNIT - {"gain"}))  # computed outside Brian2
COMPUTED = (*AT_A_PHASE_END, SPIKED)


def told_variable(name: str, number: int = 0) -> str:
    """Return the variable of a population in which stock synapses find what it receives, as a broadcast.

    Every rule has its own, by its `number`; what is computed of the units themselves is the same for all.
    """
    variable = reserved(f"{name}_told")
    return variable if name in COMPUTED else of_rule(variable, number)


def all_told(rule: Rule, number: int = 0) -> tuple[str, ...]:
    """Return the variables that stock synapses of a rule need in its populations."""
    names = told_names(rule) | {name for name in COMPUTED if rule.reads(name)}
    return tuple(told_variable(name, number) for name in sorted(names))


@dataclass(frozen=True)
class StockJump:
    """What a spike of one side does to a state of a synapse, so many steps after it arrives."""

    side: Side
    statement: str
    steps: int


@dataclass(frozen=True)
class StockText:
    """A rule in a projection, as Brian2 wants it in a synapse.

    Parameters
    ----------
    phase_end : tuple of str
        Products that are summed at the end of a phase.
    pre_spike, post_spike : tuple of str
        Products that are added when a spike arrives, and when the target spikes.
    continuous : tuple of str
        Products that add up to the rate of change of the weight.
    states : StateSystem, optional
        States of the synapse.
    jumps : tuple of StockJump
        What spikes do to them, in order.
    drives : mapping of str to str
        Variables of the synapse that hold what units bring to states in a step, and that as text.
    factors : tuple of str
        Statements of every step that multiply states.
    gather : str
        What is added up in every step, as in ``(x_pre)*(apical_post) + …``; empty if the rule has no such term.
    hold : mapping of str to str
        Variables of the synapse, and what they become when a step begins: presynaptic sides as they are transmitted.
    constants : mapping of str to Quantity
        What these texts name besides variables: parameters of the rule and of the neuron models.
    """

    phase_end: tuple[str, ...] = ()
    pre_spike: tuple[str, ...] = ()
    post_spike: tuple[str, ...] = ()
    continuous: tuple[str, ...] = ()
    states: StateSystem | None = None
    jumps: tuple[StockJump, ...] = ()
    drives: Mapping[str, str] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    gather: str = ""
    hold: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


def stock_text(
    rule: Rule, parameters: Mapping[str, Any], pre: PopulationGroup, post: PopulationGroup, number: int = 0
) -> StockText:
    """Write a rule, as its projection follows it, for synapses between two populations.

    Parameters
    ----------
    rule : Rule
    parameters : mapping of str to Quantity
        Of the rule, as in files.
    pre, post : PopulationGroup
    number : int
        Of the rule, from 0.
    """
    constants: dict[str, Any] = {rule_constant(name): to_brian(value) for name, value in parameters.items()}
    hold: dict[str, str] = {}
    products: dict[str, list[str]] = {"phase_end": [], "pre_spike": [], "post_spike": [], "step": [], CONTINUOUS: []}
    for k, change in enumerate(rule.changes):
        a = _side(change, "pre", rule, pre, constants, number)
        b = _side(change, "post", rule, post, constants, number)
        if change.when == "transmission":
            held = reserved(f"held_{k}")
            hold[held], a = a, held
        product = f"({a})*({b})"
        if change.weight:
            own = {name: rule_constant(name) for name in parse_expression(change.weight).names - {WEIGHT}}
            product += f"*({renamed(change.weight, {**own, WEIGHT: reserved(WEIGHT)})})"
        if change.synapse:
            own = {name: _of_synapse(name, rule) for name in parse_expression(change.synapse).names}
            product += f"*({renamed(change.synapse, own)})"
        products["step" if change.when in SUMMED else change.when].append(product)
    ended, before, after, rates = (
        tuple(products[when]) for when in ("phase_end", "pre_spike", "post_spike", CONTINUOUS)
    )
    states, jumps, driven, factors = None, [], {}, []
    if rule.states:
        dt = pre.group.clock.dt_
        states = state_system(rule, parameters, dt, f'the rule "{rule.name}"')
        constants |= states.constants
        jumps = [_jump(each, rule, pre, post, number, constants) for each in spike_jumps(rule, parameters, dt)]
        driven = {
            variable: " + ".join(_product(drive, rule, pre, post, number, constants) for drive in drives)
            for variable, drives in states.held.items()
        }
        factors = [
            f"{state_variable(each.state)} *= {_product(each, rule, pre, post, number, constants)}"
            for each in states.factors
        ]
    gather = " + ".join(products["step"])
    return StockText(ended, before, after, rates, states, tuple(jumps), driven, tuple(factors), gather, hold, constants)


def _of_synapse(name: str, rule: Rule) -> str:
    """Return what a state or a parameter is called in a synapse."""
    return rule_constant(name) if name in rule.parameters else state_variable(name)


def _jump(
    jump: SpikeJump,
    rule: Rule,
    pre: PopulationGroup,
    post: PopulationGroup,
    number: int,
    constants: dict[str, Any],
) -> StockJump:
    """Write what a spike does to a state, and note parameters of neuron models in `constants`."""
    told = set(COMPUTED) - {"feedback"}
    of_units = _of_units(jump.value, rule, pre, post, told, number, constants)
    own = of_units | {name: _of_synapse(name, rule) for name in jump.value.names - of_units.keys()}
    statement = f"{state_variable(jump.state)} = {renamed(jump.value.text, own)}"
    return StockJump("pre" if jump.side == "pre" else "post", statement, jump.steps)


def _product(
    drive: Drive,
    rule: Rule,
    pre: PopulationGroup,
    post: PopulationGroup,
    number: int,
    constants: dict[str, Any],
) -> str:
    """Write what both units bring to a state in a step; constants of the rule have their names in Brian2 already."""
    parts = (drive.pre, drive.post)
    own = [_of_units(part, rule, pre, post, (), number, constants) for part in parts]
    return "*".join(f"({renamed(part.text, names)})" for part, names in zip(parts, own, strict=True))


def _of_units(
    expression: Expression,
    rule: Rule,
    pre: PopulationGroup,
    post: PopulationGroup,
    told: Iterable[str],
    number: int,
    constants: dict[str, Any],
) -> dict[str, str]:
    """Return what variables of units, named ``x_pre`` and ``x_post``, are called in a synapse."""
    ends: dict[str, tuple[Side, PopulationGroup]] = {"pre": ("pre", pre), "post": ("post", post)}
    own = {}
    for name in expression.names:
        base, of = side_of(name)
        if of and name not in rule.parameters:
            side, population = ends[of]
            own[name] = _own(base, side, rule, population, told, number, constants)
    return own


def _side(
    change: Change, side: Side, rule: Rule, population: PopulationGroup, constants: dict[str, Any], number: int
) -> str:
    """Write one side of a product, and note parameters of the neuron model in `constants`."""
    text = change.pre if side == "pre" else change.post
    told = set(COMPUTED) | (told_names(rule) if side == "post" else set())
    if change.when != "phase_end":  # feedback is what it is at this moment
        told.discard("feedback")
    if change.when in IN_STEPS:  # there it is the unit's variable of that name
        told.discard("activity")
    rest = side, rule, population, told, number, constants
    return renamed(text, {name: _own(name, *rest) for name in parse_expression(text).names})


def _own(
    name: str,
    side: Side,
    rule: Rule,
    population: PopulationGroup,
    told: Iterable[str],
    number: int,
    constants: dict[str, Any],
) -> str:
    """Return what a name of the rule's text is called in a synapse."""
    if name in rule.parameters:
        return rule_constant(name)
    if name in told:
        return f"{told_variable(name, number)}_{side}"
    if name == "gain":
        return f"{GAIN}_{side}"
    if name == "feedback":
        name = population.model.feedback
    if (variable := population.rule_variable(name, number)) != name:  # a trace
        return f"{variable}_{side}"
    return _of_model(name, side, population, constants)


def _of_model(name: str, side: Side, population: PopulationGroup, constants: dict[str, Any]) -> str:
    """Return what a name of a neuron model is called in a synapse; its subexpressions are written out."""
    if name in population.model.parameters:
        value = reserved(f"{side}_{name}_value")
        constants[value] = population.parameters[name]
        return value
    variable = population.group.variables.get(name)
    if isinstance(variable, Subexpression):
        names = [each for each in parse_expression(variable.expr).names if _is_own(each, population)]
        return f"({renamed(variable.expr, {n: _of_model(n, side, population, constants) for n in names})})"
    return f"{name}_{side}"


def _is_own(name: str, population: PopulationGroup) -> bool:
    """Return whether a name is one of the neuron model, and not one that Brian2 gives to everybody, as ``dt``."""
    text = isinstance(population.group.variables.get(name), Subexpression)
    return text or population.has(name) or name in population.model.parameters
