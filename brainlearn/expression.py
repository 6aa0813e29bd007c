"""Arithmetic text, parsed once and evaluated on arrays: a whitelist over the syntax tree, never ``eval``.

Rules and synapses are text in Brian2's syntax. Brian2 itself runs that text one synapse at a time; where many
copies share one weight matrix the same text is evaluated here, on whole arrays that broadcast against each other.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np


class ExpressionError(ValueError):
    """Text that is not an arithmetic expression of the allowed kind."""


def _integer(value: Any) -> Any:
    return np.asarray(value).astype(np.int32)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "clip": np.clip,
    "cos": np.cos,
    "exp": np.exp,
    "floor": np.floor,
    "int": _integer,
    "log": np.log,
    "sign": np.sign,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
}

LONGEST = 800  # characters: longer text is not meant, and its tree would be too deep to walk
CONSTANTS: Mapping[str, float] = {"inf": float("inf"), "pi": float(np.pi), "e": float(np.e)}

_BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
}
_UNARY: Mapping[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: np.logical_not,
}
_COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

Evaluate = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Expression:
    """A parsed expression.

    Parameters
    ----------
    text : str
        The text as written.
    names : frozenset of str
        Identifiers the text needs (functions and constants such as ``pi`` excluded).
    """

    text: str
    names: frozenset[str]
    _evaluate: Evaluate

    def __call__(self, namespace: Mapping[str, Any]) -> Any:
        """Evaluate with the values in `namespace`; arrays broadcast as NumPy does."""
        return self._evaluate(namespace)


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Expression:
    """Parse `text` into an `Expression`.

    Raises
    ------
    ExpressionError
        If the text is no expression, or uses anything but arithmetic, comparisons, ``and``/``or``/``not`` and
        the functions in `FUNCTIONS`.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f'"{text[:40]}…" has {len(text)} characters; at most {LONGEST} are allowed')
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f'"{text}" is not an expression') from error
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions}
    return Expression(text, frozenset(names - set(CONSTANTS)), _compile(tree, text))


def _compile(node: ast.AST, text: str) -> Evaluate:
    """Turn a syntax tree into nested closures."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return lambda namespace: value
        case ast.Name(id=name):
            return (lambda namespace: CONSTANTS[name]) if name in CONSTANTS else operator.itemgetter(name)
        case ast.Call():
            return _compile_call(node, text)
        case ast.BoolOp(op=op, values=values):
            combine = np.logical_and if isinstance(op, ast.And) else np.logical_or
            return _chain(combine, [_compile(value, text) for value in values])
    return _compile_operator(node, text)


def _compile_operator(node: ast.AST, text: str) -> Evaluate:
    """Turn arithmetic and a comparison into a closure."""
    match node:
        case ast.UnaryOp(op=op, operand=inner) if type(op) in _UNARY:
            return _unary(_UNARY[type(op)], _compile(inner, text))
        case ast.BinOp(op=op) if type(op) in _BINARY:
            return _binary(_BINARY[type(op)], _compile(node.left, text), _compile(node.right, text))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _binary(_COMPARE[type(op)], _compile(left, text), _compile(right, text))
    raise ExpressionError(f'"{text}" uses {type(node).__name__}, which is not arithmetic')


def _compile_call(node: ast.Call, text: str) -> Evaluate:
    """Turn the call of an allowed function into a closure."""
    name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if name not in FUNCTIONS or node.keywords or not node.args:
        raise ExpressionError(f'"{text}" calls {name}(); allowed: {", ".join(sorted(FUNCTIONS))}')
    return _call(FUNCTIONS[name], [_compile(argument, text) for argument in node.args])


def _unary(function: Callable[[Any], Any], inner: Evaluate) -> Evaluate:
    return lambda namespace: function(inner(namespace))


def _binary(function: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda namespace: function(left(namespace), right(namespace))


def _chain(function: Callable[[Any, Any], Any], parts: list[Evaluate]) -> Evaluate:
    def evaluate(namespace: Mapping[str, Any]) -> Any:
        value = parts[0](namespace)
        for part in parts[1:]:
            value = function(value, part(namespace))
        return value

    return evaluate


def _call(function: Callable[..., Any], arguments: list[Evaluate]) -> Evaluate:
    return lambda namespace: function(*(argument(namespace) for argument in arguments))
