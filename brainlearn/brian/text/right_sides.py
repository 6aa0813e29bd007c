"""Right sides of a neuron's differential equations as sums: what multiplies which variables, however it was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy
from brian2 import Equations
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str

from brainlearn.brian.text.text_parsing import parse_equations
from brainlearn.expression import Expression, ExpressionError, parse_expression
from brainlearn.units import Dimension

Factors = tuple[str, ...]
"""Names of the variables that are multiplied, in alphabetical order; one that is squared occurs twice."""

Sum = Mapping[Factors, Expression]
"""What multiplies each product of variables; ``()`` is the constant term."""


class NoSum(Exception):
    """A term that is no product of constants and variables."""


@dataclass(frozen=True)
class RightSide:
    """``d(variable)/dt`` as a sum.

    Parameters
    ----------
    terms : Sum
    exponentials : tuple of (Expression, Sum)
        Terms ``coefficient*exp(sum)`` with variables in the exponent.
    held : bool
        Whether the variable rests while a unit is refractory.
    dimension : Dimension
        Of the variable.
    """

    terms: Sum
    exponentials: tuple[tuple[Expression, Sum], ...]
    held: bool
    dimension: Dimension


@dataclass(frozen=True)
class NeuronText:
    """What the equations of a neuron say.

    Parameters
    ----------
    right_sides : mapping of str to RightSide
        By variable.
    settable : frozenset of str
        Variables that no equation moves, as ``current : 1``.
    fixed : mapping of str to Expression
        Names that stand for an expression of constants.
    noisy : bool
        Whether there is noise, as ``xi``.
    """

    right_sides: Mapping[str, RightSide]
    settable: frozenset[str]
    fixed: Mapping[str, Expression]
    noisy: bool


@lru_cache(maxsize=64)
def right_sides(text: str) -> NeuronText:
    """Read equations that Brian2 takes.

    Raises
    ------
    NoSum
        With a term that is neither a product of constants and variables, nor an exponential times constants.
    """
    equations = parse_equations(text)
    moved = equations.diff_eq_names
    settable = frozenset(name for name in equations if equations[name].type == PARAMETER)
    noisy = bool(equations.stochastic_variables)
    if noisy:
        return NeuronText({}, settable, {}, noisy)
    sides: dict[str, RightSide] = {}
    fixed: dict[str, Expression] = {}
    for name, expression in equations.get_substituted_expressions(include_subexpressions=True):
        code = str(expression.code)
        if equations[name].type == DIFFERENTIAL_EQUATION:
            sides[name] = _right_side(equations, name, code, moved)
        elif not _reads(str_to_sympy(code), moved):
            fixed[name] = _expression([str_to_sympy(code)])
    return NeuronText(sides, settable, fixed, noisy)


def _right_side(equations: Equations, name: str, code: str, moved: Collection[str]) -> RightSide:
    terms, exponentials = _parted(str_to_sympy(code), frozenset(moved))
    held = "unless refractory" in equations[name].flags
    dimension = tuple(int(power) for power in equations[name].dim._dims)
    return RightSide(terms, exponentials, held, dimension)


def _parted(whole: Any, moved: frozenset[str]) -> tuple[Sum, tuple[tuple[Expression, Sum], ...]]:
    """Return what adds up to an expression, by the variables that are multiplied."""
    sums: dict[Factors, list[Any]] = {}
    grown: dict[Any, list[Any]] = {}
    for term in sympy.Add.make_args(sympy.expand(whole, power_exp=False, power_base=False, log=False)):
        constants, names, exponents = [], [], []
        for factor in sympy.Mul.make_args(term):
            base, power = factor.as_base_exp() if not isinstance(factor, sympy.exp) else (factor, sympy.Integer(1))
            if not _reads(factor, moved):
                constants.append(factor)
            elif base.is_Symbol and power.is_Integer and power > 0:
                names += [str(base)] * int(power)
            elif isinstance(factor, sympy.exp):
                exponents.append(factor.args[0])
            else:
                raise NoSum(sympy_to_str(term))
        if exponents and names:
            raise NoSum(sympy_to_str(term))
        product = sympy.Mul(*constants)
        if exponents:
            grown.setdefault(sympy.Add(*exponents), []).append(product)
        else:
            sums.setdefault(tuple(sorted(names)), []).append(product)
    found = tuple((_expression(parts), _parted(exponent, moved)[0]) for exponent, parts in grown.items())
    return {names: _expression(parts) for names, parts in sums.items()}, found


def _reads(expression: Any, names: Collection[str]) -> bool:
    return any(str(symbol) in names for symbol in expression.free_symbols)


def _expression(parts: list[Any]) -> Expression:
    text = sympy_to_str(sympy.Add(*parts))
    try:
        return parse_expression(text)
    except ExpressionError as error:
        raise NoSum(text) from error
