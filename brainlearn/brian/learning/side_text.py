"""What a rule's text says of a unit, as text of a compiled loop that computes NumPy's bits."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from brian2.core.variables import Constant, Subexpression

from brainlearn.brian.learning.population_values import BEFORE, FEEDBACK, GAIN_IN_RULES, PopulationValues
from brainlearn.brian.learning.traces import ACTIVITY
from brainlearn.brian.loop_text import Loop, NotElementWise
from brainlearn.brian.numpy_loop import DOUBLE, SINGLE, WEAK, Typed, Typing, cast, of_array
from brainlearn.brian.populations import GAIN
from brainlearn.expression import Expression, parse_expression
from brainlearn.rules.rule import SPIKED


class ConstantText(Typing):
    """Writes text of constants and of `known` names; what only constants enter is computed beforehand.

    Parameters
    ----------
    loop : Loop
        Takes the constants.
    constants : mapping of str to float
    known : mapping of str to Typed
    """

    def __init__(self, loop: Loop, constants: Mapping[str, Any], known: Mapping[str, Typed]) -> None:
        super().__init__(loop, {})
        self._constants, self._known = constants, known

    def walk(self, node: ast.AST) -> Typed:
        """Return what a tree becomes: a number, if only constants enter it."""
        text = ast.unparse(node)
        names = parse_expression(text).names
        values = {name: value for name in names if (value := self.constant(name)) is not None}
        return super().walk(node) if len(values) < len(names) else self._number(parse_expression(text)(values))

    def constant(self, name: str) -> Any:
        """Return the value of a name that never changes, or None."""
        return self._constants.get(name)

    def name(self, name: str) -> Typed:
        """Return what is known by a name."""
        if name not in self._known:
            raise NotElementWise(name)
        return self._known[name]

    def of(self, expression: Expression, kind: str) -> str:
        """Return the text of an expression as a number of a type."""
        found = self.walk(ast.parse(expression.text.strip(), mode="eval").body)
        if found.kind not in (WEAK, SINGLE, DOUBLE):
            raise NotElementWise(expression.text)
        return cast(found, kind) if found.kind != WEAK else f"{kind}({found.text})"

    def _number(self, value: Any) -> Typed:
        if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
            raise NotElementWise(repr(value))
        kind = of_array(np.asarray(value)) if isinstance(value, np.floating) else WEAK
        return Typed(cast(Typed(self.loop.scalar(float(value)), DOUBLE), SINGLE if kind == SINGLE else DOUBLE), kind)


class SideText(ConstantText):
    """Writes text of the units of one side, as `UnitNow` finds it: of unit ``i``, in any copy.

    Parameters
    ----------
    loop : Loop
        Takes the variables and constants that are read.
    values : PopulationValues
    parameters : mapping of str to float
        The rule's constants, in SI units.
    told : collection of str
        What the population tells its synapses, which text of a loop cannot read.

    Attributes
    ----------
    arrays : dict of str to array
        Variables that are read, by their names in `loop`.
    """

    def __init__(
        self, loop: Loop, values: PopulationValues, parameters: Mapping[str, Any], told: Collection[str] = ()
    ) -> None:
        super().__init__(loop, parameters, {})
        self._values, self._population, self._told = values, values.population, told
        self.arrays: dict[str, np.ndarray] = {}

    def constant(self, name: str) -> Any:
        """Return the value of a name that is the same for all units, and never changes, or None."""
        if name in self._told:
            return None
        if name in self._constants:
            return self._constants[name]
        if name == GAIN_IN_RULES:
            return None if self._values.scaled else self._values.gain()
        variables, own = self._population.group.variables, self._population.group.namespace
        fixed = isinstance(variables.get(name), Constant) or (name not in variables and name in own)
        return self._population.value(name) if fixed else None

    def name(self, name: str) -> Typed:
        """Return the value of a variable of the unit."""
        population = self._population
        if name in self._told or name in (ACTIVITY, *BEFORE):
            raise NotElementWise(name)
        if name == SPIKED and not population.has(SPIKED):
            return Typed("spiked", of_array(population.array(GAIN)))
        if name == GAIN_IN_RULES:
            variable = GAIN
        else:
            own = population.model.feedback if name == FEEDBACK and population.model.feedback else name
            variable = population.rule_variable(own, self._values.number)
        if isinstance(population.group.variables.get(variable), Subexpression) or not population.has(variable):
            raise NotElementWise(name)
        array, label = population.array(variable), f"{population.group.name}.{variable}"
        self.arrays[label] = array
        return Typed(self.loop.array(label), of_array(array))
