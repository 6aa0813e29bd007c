"""What both units of a synapse bring to its states in every step: products of a presynaptic and a postsynaptic part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from brian2 import Equations
from brian2.parsing.sympytools import str_to_sympy, sympy_to_str

from brainlearn.brian.learning.traces import as_written
from brainlearn.expression import Expression, parse_expression
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules.jump import side_of

STATE = "state"


@dataclass(frozen=True)
class Drive:
    """What drives one state: a product of what each unit says, names ending in ``_pre`` and ``_post``.

    Parameters
    ----------
    state : str
    pre, post : Expression
        Of the presynaptic unit and of the postsynaptic one, and of constants.
    """

    state: str
    pre: Expression
    post: Expression


def split_drives(equations: Equations, where: str) -> tuple[dict[str, Any], list[Drive]]:
    """Part the right sides of equations of states into what the synapse says by itself, and what its units do.

    Parameters
    ----------
    equations : Equations
        Differential equations in states, constants and variables of both units.
    where : str
        For messages.

    Returns
    -------
    alone : dict of str to sympy expression
        The right side of every state without what its units bring.
    drives : list of Drive

    Raises
    ------
    UserError
        If what units bring is no sum of such products, or multiplies a state.
    """
    alone: dict[str, Any] = {}
    drives = []
    states = {sympy.Symbol(name, real=True) for name in equations.diff_eq_names}
    for name in sorted(equations.diff_eq_names):
        own: list[Any] = []
        by_post: dict[Any, list[Any]] = {}
        for term in _terms(str_to_sympy(str(equations[name].expr)), states):
            if not _kinds(term, states) - {STATE}:
                own.append(term)
                continue
            if not _parted(term, states) or STATE in _kinds(term, states):
                raise UserError(_inseparable(where, sympy_to_str(term)))
            post = sympy.Mul(*(f for f in sympy.Mul.make_args(term) if "post" in _kinds(f, states)))
            by_post.setdefault(post, []).append(term / post)
        alone[name] = sympy.Add(*own)
        for post, pres in by_post.items():
            texts = (sympy_to_str(sympy.Add(*pres)), sympy_to_str(post))
            drives.append(Drive(name, *map(parse_expression, texts)))
    return alone, drives


def split_factor(state: str, text: str, where: str) -> Drive:
    """Part what multiplies a state in every step into what each unit says.

    Parameters
    ----------
    state : str
    text : str
        In constants and variables of both units.
    where : str
        For messages.

    Raises
    ------
    UserError
        If it is no product of a presynaptic and a postsynaptic part.
    """
    whole = str_to_sympy(text)
    factors = sympy.Mul.make_args(whole)
    if not _parted(whole, ()):
        raise UserError(_inseparable(where, sympy_to_str(whole)))
    post = sympy.Mul(*(each for each in factors if "post" in _kinds(each, ())))
    return Drive(state, *map(parse_expression, (sympy_to_str(whole / post), sympy_to_str(post))))


def _terms(whole: Any, states: Collection[Any]) -> list[Any]:
    """Return what adds up to an expression, multiplied out only where a factor mixes what belongs apart."""
    found: list[Any] = []
    for term in sympy.Add.make_args(whole):
        found += [term] if _parted(term, states) else sympy.Add.make_args(sympy.expand_mul(term))
    return found


def _parted(term: Any, states: Collection[Any]) -> bool:
    """Return whether every factor of a product is of one unit, or of the synapse."""
    return all(len(_kinds(factor, states)) < 2 for factor in sympy.Mul.make_args(term))


def _kinds(expression: Any, states: Collection[Any]) -> set[str]:
    """Return whose variables an expression reads: those of ``"pre"``, of ``"post"``, or states of the synapse."""
    symbols = expression.free_symbols
    return {STATE if symbol in states else side_of(str(symbol))[1] for symbol in symbols} - {""}


def _inseparable(where: str, text: str) -> Mistake:
    wrong = "the input to a state must be a sum of products of a presynaptic and a postsynaptic factor"
    allowed = "as in `(x_pre*y_post - state)/tau`: constants, and factors of one unit each"
    return Mistake(where, wrong, f"`{as_written(text)}`", allowed)


def values_of(expression: Expression, units: Mapping[str, Any], constants: Mapping[str, float]) -> Any:
    """Evaluate one part of a drive.

    Parameters
    ----------
    expression : Expression
    units : mapping of str to mapping of str to array
        By side, what text finds under the names of variables.
    constants : mapping of str to float
    """
    known = {}
    for name in expression.names:
        base, side = side_of(name)
        known[name] = units[side][base] if side else constants[name]
    return expression(known)
