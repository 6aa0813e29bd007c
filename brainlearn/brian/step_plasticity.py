"""The terms of a rule that act in every step: their sum over a phase, in both kinds of delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from brian2 import BrianObject, Equations
from brian2.core.variables import Subexpression

from brainlearn.brian.populations import GAIN, PopulationGroup
from brainlearn.circuit import Circuit, Projection
from brainlearn.expression import Expression, parse_expression
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.rules.rule import Change, Rule

FEEDBACK = "feedback"
SLOT = "after_thresholds"  # membranes as the threshold saw them; traces without the spikes of this step


class Gathered(Protocol):
    """What adds up step terms while a phase learns."""

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array; none: do nothing."""

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over steps and copies since the phase began, (pre, post)."""


class UnitNow:
    """What step text may read of a population, as it is in this step.

    State variables, traces and subexpressions of its units, the parameters of its neuron model, ``gain``, and
    ``feedback``: the variable that the neuron model names as its feedback.

    Parameters
    ----------
    population : PopulationGroup
    """

    def __init__(self, population: PopulationGroup) -> None:
        self.population = population
        self.normalised = population.population.normalisation is not None

    def __getitem__(self, name: str) -> Any:
        if name == GAIN and not self.normalised:
            return self.population.array(GAIN).dtype.type(1.0)  # a float32 would round other constants
        name = self.resolve(name)
        if self.population.has(name):
            return self.population.array(name)
        variable = self.population.group.variables.get(name)
        if isinstance(variable, Subexpression):
            expression = parse_expression(variable.expr)
            return expression({each: self[each] for each in expression.names})
        return float(self.population.namespace[name])

    def resolve(self, name: str) -> str:
        """Return the neuron model's own name for ``feedback``, and any other name as it is."""
        return self.population.model.feedback if name == FEEDBACK else name


class StepSum(BrianObject):
    """Adds up, over the steps of a phase, what a rule's step terms say: shared weights.

    Parameters
    ----------
    rule : Rule
    pre, post : PopulationGroup
    parameters : mapping of str to float
        The rule's constants, in SI units.
    weights : (pre, post) array
        Their shape and floating-point type are those of the sum.
    name : str
    """

    add_to_magic_network = False

    def __init__(
        self,
        rule: Rule,
        pre: PopulationGroup,
        post: PopulationGroup,
        parameters: Mapping[str, float],
        weights: np.ndarray,
        name: str,
    ) -> None:
        super().__init__(clock=post.group.clock, when=SLOT, order=1, name=name)
        self._terms = [(parse_expression(c.pre), parse_expression(c.post)) for c in step_terms(rule)]
        self._pre, self._post, self._parameters = UnitNow(pre), UnitNow(post), dict(parameters)
        self._total = np.zeros_like(weights)
        self._taking_part = np.zeros(post.copies, dtype=bool)

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array; none: do nothing."""
        self._taking_part = taking_part
        self._total.fill(0)

    def run(self) -> None:
        """Add this step."""
        if not self._taking_part.any():
            return
        for pre, post in self._terms:
            a = self._evaluate(pre, self._pre, self._total.shape[0])
            b = self._evaluate(post, self._post, self._total.shape[1])
            self._total += a.T @ b  # (pre, copy) @ (copy, post)

    def _evaluate(self, expression: Expression, unit: UnitNow, size: int) -> np.ndarray:
        """Return an expression's values in the copies that take part, (copy, unit)."""
        known = self._parameters
        value = expression({name: known[name] if name in known else unit[name] for name in expression.names})
        everywhere = np.broadcast_to(np.asarray(value, dtype=self._total.dtype), (len(self._taking_part), size))
        return everywhere[self._taking_part]

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over steps and copies since the phase began, (pre, post)."""
        return self._total.copy()


def step_terms(rule: Rule) -> tuple[Change, ...]:
    """Return the terms of a rule that act in every step."""
    return tuple(change for change in rule.changes if change.when == "step")


def stock_text(rule: Rule, pre: PopulationGroup, post: PopulationGroup) -> tuple[str, dict[str, Any]]:
    """Write the sum of a rule's step terms as Brian2 wants it in a synapse.

    Returns
    -------
    text : str
        As in ``(trace_pre)*(apical_post) + …``; empty if the rule has no such term.
    constants : dict
        What the text names beside variables: parameters of the neuron models, under names of their own.
    """
    constants: dict[str, Any] = {}
    products = []
    for change in step_terms(rule):
        a = _suffixed(change.pre, "pre", UnitNow(pre), rule.parameters, constants)
        b = _suffixed(change.post, "post", UnitNow(post), rule.parameters, constants)
        products.append(f"({a})*({b})")
    return " + ".join(products), constants


def _suffixed(text: str, side: str, unit: UnitNow, parameters: Iterable[str], constants: dict[str, Any]) -> str:
    """Add ``_pre`` or ``_post`` to variables, and note parameters of the neuron model in `constants`."""
    for name in parse_expression(text).names - set(parameters):
        own = f"{unit.resolve(name)}_{side}"
        if name in unit.population.model.parameters:
            own = f"{side}synaptic_{name}"
            constants[own] = unit.population.namespace[name]
        text = re.sub(rf"\b{name}\b", own, text)
    return text


def check_steps(circuit: Circuit, projections: Iterable[str], rule: Rule) -> None:
    """Raise a UserError if step text names what a unit does not have in every step."""
    for projection in (p for p in circuit.projections if p.name in projections):
        for side, path in (("pre", projection.source), ("post", projection.target)):
            known = sorted(_unit_names(circuit, path, rule) | set(rule.parameters))
            for text in (getattr(change, side) for change in step_terms(rule.along(projection.pathway))):
                for name in sorted(parse_expression(text).names.difference(known)):
                    raise UserError(_unknown(circuit, projection, path, name, known, rule))


def _unit_names(circuit: Circuit, path: str, rule: Rule) -> set[str]:
    """Return what a unit of a population has in every step."""
    model = circuit.neurons[circuit.population(path).neuron]
    own = {*Equations(model.equations).names, *model.parameters, *(trace.name for trace in rule.traces), GAIN}
    return own | {FEEDBACK} if model.feedback else own


def _unknown(circuit: Circuit, projection: Projection, path: str, name: str, known: list[str], rule: Rule) -> Mistake:
    wrong = f'the rule "{rule.name}" reads "{name}" in every step, which units of {path} do not have'
    allowed = "variables and parameters of the unit: " + ", ".join(known)
    hint = "Broadcasts, modulators, memories, activity and polarity are there at the end of a phase only."
    return Mistake(
        f'{circuit.path}: projection "{projection.name}"', wrong, f'"{name}"', allowed, closest(name, known) or hint
    )
