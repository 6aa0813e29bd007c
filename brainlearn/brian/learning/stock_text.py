"""The text of a rule as Brian2 runs it in a synapse: names of rules become names of the simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from brian2.equations.equations import SUBEXPRESSION

from brainlearn.brian.learning.traces import renamed, rule_constant
from brainlearn.brian.populations import GAIN, PopulationGroup, to_brian
from brainlearn.expression import parse_expression
from brainlearn.reserved import of_rule, reserved
from brainlearn.rules.locality import OF_A_UNIT, told_names
from brainlearn.rules.rule import IN_STEPS, SPIKED, WEIGHT, Change, Rule

Side = Literal["pre", "post"]
AT_A_PHASE_END = tuple(sorted(OF_A_UNIT - {"gain"}))  # computed outside Brian2
COMPUTED = (*AT_A_PHASE_END, SPIKED)


def told_variable(name: str, number: int = 0) -> str:
    """Return the variable of a population in which stock synapses find what it is told, as a broadcast.

    Every rule has its own, by its `number`; what is computed of the units themselves is the same for all.
    """
    variable = reserved(f"{name}_told")
    return variable if name in COMPUTED else of_rule(variable, number)


def all_told(rule: Rule, number: int = 0) -> tuple[str, ...]:
    """Return the variables that stock synapses of a rule need in its populations."""
    names = told_names(rule) | {name for name in COMPUTED if rule.reads(name)}
    return tuple(told_variable(name, number) for name in sorted(names))


@dataclass(frozen=True)
class StockText:
    """A rule in a projection, as Brian2 wants it in a synapse.

    Parameters
    ----------
    phase_end : tuple of str
        Products that are summed at the end of a phase.
    pre_spike, post_spike : tuple of str
        Products that are added when a spike arrives, and when the target spikes.
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
    products: dict[str, list[str]] = {"phase_end": [], "pre_spike": [], "post_spike": [], "step": []}
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
        products["step" if change.when in IN_STEPS else change.when].append(product)
    ended, before, after = (tuple(products[when]) for when in ("phase_end", "pre_spike", "post_spike"))
    return StockText(ended, before, after, " + ".join(products["step"]), hold, constants)


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
    own = {name: _own(name, side, rule, population, told, constants, number) for name in parse_expression(text).names}
    return renamed(text, own)


def _own(
    name: str,
    side: Side,
    rule: Rule,
    population: PopulationGroup,
    told: Iterable[str],
    constants: dict[str, Any],
    number: int,
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
    variable = population.rule_variable(name, number)
    return _of_unit(name, side, population, constants) if variable == name else f"{variable}_{side}"


def _of_unit(name: str, side: Side, population: PopulationGroup, constants: dict[str, Any]) -> str:
    """Return what a name of the neuron model is called in a synapse, which does not know the model's constants."""
    if name in population.model.parameters:
        constant = reserved(f"{side}_{name}_value")
        constants[constant] = population.parameters[name]
        return constant
    equation = population.group.equations.get(name)
    if equation is not None and equation.type == SUBEXPRESSION:
        names = parse_expression(equation.expr.code).names
        if not names.isdisjoint(population.model.parameters):
            own = {each: _of_unit(each, side, population, constants) for each in names}
            return f"({renamed(equation.expr.code, own)})"
    return f"{name}_{side}"
