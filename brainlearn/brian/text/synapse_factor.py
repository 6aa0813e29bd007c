"""What multiplies the weight in the text of shared synapses: constants, and variables of both units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import NeuronGroup
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.variables import ArrayVariable, Constant, Subexpression
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units.fundamentalunits import (
    DIMENSIONLESS,
    Dimension,
    DimensionMismatchError,
    get_dimensions,
    get_unit,
)

from brainlearn.brian.text.both_units import only_differences, products_of
from brainlearn.brian.text.statement import NO_POSTSYNAPTIC, Statement
from brainlearn.expression import Expression, ExpressionError, parse_expression

Factor = Callable[[np.ndarray | None], Any]


class Origin:
    """What a variable that text reads of both units is counted from, if only its difference counts.

    Parameters
    ----------
    values : (copy, post) array
        Those of the target; that of its first unit is the origin.

    Attributes
    ----------
    counts : bool
        Whether it is: not while what the source was is kept.
    """

    def __init__(self, values: np.ndarray) -> None:
        self._values, self.counts = values, True

    def less(self, values: Any, units: np.ndarray | None) -> Any:
        """Return values of all units, flat, less the origin of their copy."""
        if not self.counts or units is not None:
            return values
        return (np.reshape(values, (len(self._values), -1)) - self._values[:, :1]).reshape(-1)


@dataclass(frozen=True)
class Effect:
    """What synapses add to one variable: the weight, times what each of the two units says.

    Parameters
    ----------
    target : str
        Variable of the target.
    pre : callable
        Given the indices of source units that spike, None for all of them: what multiplies the weight.
    post : callable or None
        Given the indices of target units, None for all of them: what multiplies the sum over synapses.
    fixed : bool
        Whether `pre` reads no variable of the source.
    origins : tuple of Origin
        Of variables that both parts read.
    """

    target: str
    pre: Factor
    post: Factor | None
    fixed: bool
    origins: tuple[Origin, ...] = ()


def effects_of(
    statement: Statement,
    source: NeuronGroup,
    target: NeuronGroup,
    constants: Mapping[str, Any],
    continuous: bool,
    where: str,
    copies: int = 1,
) -> tuple[Effect, ...]:
    """Return what a statement adds to its variable, as a sum of products of both units.

    Parameters
    ----------
    statement : Statement
    source, target : NeuronGroup
    constants : mapping
        Known constants; Brian2's quantities or numbers.
    continuous : bool
        Whether the text transmits all the time: it may then read variables of the target, and else its constants.
    where : str
        The name of the synapses, for messages.
    copies : int
        How many the groups hold.

    Raises
    ------
    ExpressionError
        If a name is unknown, units do not agree, or no sum of products is what the text says.
    """
    posts = {name for name in statement.factor.names - constants.keys() if _of_target(name, target, continuous)}
    _check_names(statement, source, constants, posts, where)
    _check_units(statement, source, target, constants, posts, where)
    dtype = target.variables[statement.target].dtype
    differing = only_differences(statement.factor, posts) if continuous else frozenset()
    origins = {
        name: Origin(target.variables[name].get_value().reshape(copies, -1))
        for name in sorted(differing)
        if isinstance(target.variables[name], ArrayVariable)
    }
    found = []
    for product in products_of(statement.factor, posts):
        of_pre = {n: n[:-4] for n in product.pre.names if n.endswith("_pre") and n[:-4] in source.variables}
        pre = _Side(product.pre, source, of_pre, constants, dtype, where, origins)
        post = None
        if product.post is not None:
            of_post = {name: name[:-5] for name in product.post.names & posts}
            post = _Side(product.post, target, of_post, constants, dtype, where, origins)
        side = pre if continuous else pre.of_spikes()
        found.append(Effect(statement.target, side, post, pre.fixed, tuple(origins.values())))
    return tuple(found)


def _of_target(name: str, target: NeuronGroup, continuous: bool) -> bool:
    """Return whether a name is that of a variable of the target which the text may read."""
    variable = target.variables.get(name[:-5]) if name.endswith("_post") else None
    return variable is not None and not variable.scalar and (continuous or bool(variable.constant))


def _check_names(
    statement: Statement, source: NeuronGroup, constants: Mapping[str, Any], posts: Collection[str], where: str
) -> None:
    for name in sorted(statement.factor.names - constants.keys() - set(posts)):
        if name.endswith("_pre") and name[:-4] in source.variables:
            continue
        if name.endswith("_post"):
            raise ExpressionError(f"{where}: the text {NO_POSTSYNAPTIC.format(name=name)}")
        raise ExpressionError(
            f'{where}: the identifier "{name}" is unknown; known are constants of the namespace, units, '
            f"and variables of {source.name} with the suffix _pre"
        )


class _Side:
    """What text says of the units of one group: a `Factor`.

    Parameters
    ----------
    expression : Expression
    group : NeuronGroup
    own : mapping of str to str
        Its variables, by the names that the text has for them.
    constants : mapping
    dtype : numpy type
    where : str
        For messages.
    origins : mapping of str to Origin
        By variable.
    """

    def __init__(
        self,
        expression: Expression,
        group: NeuronGroup,
        own: Mapping[str, str],
        constants: Mapping[str, Any],
        dtype: Any,
        where: str,
        origins: Mapping[str, Origin],
    ) -> None:
        self._expression, self._dtype = expression, dtype
        self._origins = {name: origins[variable] for name, variable in own.items() if variable in origins}
        self._readers = {name: _reader(group, variable, where) for name, variable in own.items()}
        self._constants = {n: np.asarray(constants[n], dtype=float)[()] for n in expression.names - own.keys()}

    @property
    def fixed(self) -> bool:
        """Whether the text reads no variable."""
        return not self._readers

    def of_spikes(self) -> Factor:
        """Return what it says of units that spike: a number if that is the same for all."""
        if not self.fixed:
            return self
        scale = float(self._expression(self._constants))
        return lambda spikes: scale

    def __call__(self, units: np.ndarray | None) -> np.ndarray:
        values = {name: read(units) for name, read in self._readers.items()}
        values |= {name: origin.less(values[name], units) for name, origin in self._origins.items()}
        return np.asarray(self._expression({**self._constants, **values}), dtype=self._dtype)


def _check_units(
    statement: Statement,
    source: NeuronGroup,
    target: NeuronGroup,
    constants: Mapping[str, Any],
    posts: Collection[str],
    where: str,
) -> None:
    """Compare the unit of what a synapse adds with that of the variable it adds to."""
    variables: dict[str, Any] = {}
    for name in statement.factor.names:
        if name.endswith("_pre") and name[:-4] in source.variables:
            variables[name] = source.variables[name[:-4]]
        elif name in posts:
            variables[name] = target.variables[name[:-5]]
        else:
            value = constants[name]
            variables[name] = Constant(name, float(value), get_dimensions(value))
    try:
        found = parse_expression_dimensions(statement.factor.text, {**DEFAULT_FUNCTIONS, **variables})
    except (DimensionMismatchError, TypeError, ValueError, SyntaxError) as error:
        raise ExpressionError(f"{where}: {statement.target}_post: {error}") from error
    wanted = target.variables[statement.target].dim
    if found is not wanted:
        raise ExpressionError(
            f"{where}: what is added to {statement.target}_post has the unit {_unit(found)}; "
            f"{statement.target} has {_unit(wanted)}. Weights have no unit: multiply w by one, as in w*mV"
        )


def _reader(source: NeuronGroup, name: str, where: str) -> Factor:
    """Return a function of the indices of units that reads their variable."""
    variable = source.variables[name]
    if isinstance(variable, Subexpression):
        return _computed(source, parse_expression(variable.expr), where)
    values = variable.get_value()
    if variable.scalar:
        return lambda spikes: values[0] if np.ndim(values) else values
    index = source.variables.indices[name]
    places = None if index == "_idx" else source.variables[index].get_value()
    if places is None:
        return lambda spikes: values if spikes is None else values[spikes]
    return lambda spikes: values[places] if spikes is None else values[places[spikes]]


def _computed(source: NeuronGroup, expression: Expression, where: str) -> Factor:
    """Return a function of the spiking indices that computes a subexpression of the units."""
    fixed = {name: float(source.namespace[name]) for name in expression.names if name in source.namespace}
    readers = {name: _reader(source, name, where) for name in expression.names if name not in fixed}
    return lambda spikes: expression({**fixed, **{name: read(spikes) for name, read in readers.items()}})


def _unit(dimension: Dimension) -> str:
    """Write a dimension's unit; 1 if there is none."""
    return "1" if dimension is DIMENSIONLESS else str(get_unit(dimension))
