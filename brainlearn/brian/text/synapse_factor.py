"""What multiplies the weight in the text of shared synapses: constants and presynaptic variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from brian2 import NeuronGroup
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.variables import Constant, Subexpression
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.units.fundamentalunits import (
    DIMENSIONLESS,
    Dimension,
    DimensionMismatchError,
    get_dimensions,
    get_unit,
)

from brainlearn.brian.text.statement import NO_POSTSYNAPTIC, Statement
from brainlearn.expression import Expression, ExpressionError, parse_expression

Factor = Callable[[np.ndarray | None], Any]


def factor_of(
    statement: Statement,
    source: NeuronGroup,
    target: NeuronGroup,
    constants: Mapping[str, Any],
    continuous: bool,
    where: str,
) -> Factor:
    """Return a function of the indices of units that spike, None for all units, that gives the factor of the weight.

    Parameters
    ----------
    statement : Statement
    source, target : NeuronGroup
    constants : mapping
        Known constants; Brian2's quantities or numbers.
    continuous : bool
        Whether the factor is asked of all units.
    where : str
        The name of the synapses, for messages.

    Raises
    ------
    ExpressionError
        If a name is unknown, or units do not agree.
    """
    fixed: dict[str, Any] = {}
    variables: dict[str, Factor] = {}
    for name in sorted(statement.factor.names):
        if name.endswith("_pre") and name[:-4] in source.variables:
            variables[name] = _reader(source, name[:-4], where)
        elif name in constants:
            fixed[name] = np.asarray(constants[name], dtype=float)[()]
        elif name.endswith("_post"):
            raise ExpressionError(f"{where}: the text {NO_POSTSYNAPTIC.format(name=name)}")
        else:
            raise ExpressionError(
                f'{where}: the identifier "{name}" is unknown; known are constants of the namespace, units, '
                f"and variables of {source.name} with the suffix _pre"
            )
    _check_units(statement, source, target, constants, where)
    if not variables and not continuous:
        scale = float(statement.factor(fixed))
        return lambda spikes: scale
    dtype = target.variables[statement.target].dtype

    def evaluate(spikes: np.ndarray | None) -> np.ndarray:
        values = {name: read(spikes) for name, read in variables.items()}
        return np.asarray(statement.factor({**fixed, **values}), dtype=dtype)

    return evaluate


def _check_units(
    statement: Statement, source: NeuronGroup, target: NeuronGroup, constants: Mapping[str, Any], where: str
) -> None:
    """Compare the unit of what a synapse adds with that of the variable it adds to."""
    variables: dict[str, Any] = {}
    for name in statement.factor.names:
        if name.endswith("_pre") and name[:-4] in source.variables:
            variables[name] = source.variables[name[:-4]]
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
    """Return a function of the spiking indices that reads a presynaptic variable."""
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
    """Return a function of the spiking indices that computes a subexpression of the presynaptic units."""
    fixed = {name: float(source.namespace[name]) for name in expression.names if name in source.namespace}
    readers = {name: _reader(source, name, where) for name in expression.names if name not in fixed}
    return lambda spikes: expression({**fixed, **{name: read(spikes) for name, read in readers.items()}})


def _unit(dimension: Dimension) -> str:
    """Write a dimension's unit; 1 if there is none."""
    return "1" if dimension is DIMENSIONLESS else str(get_unit(dimension))
