"""Arithmetic text, parsed once and evaluated on arrays: a whitelist over the syntax tree, never ``eval``.

Rules and synapses are text in Brian2's syntax. Brian2 itself runs that text one synapse at a time; where many
copies share one weight matrix the same text is evaluated here, on whole arrays that broadcast against each other.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from brainlearn.expression_tree import Walker


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
    return Expression(text, frozenset(names - set(CONSTANTS)), _Compiler(text).walk(tree))


class _Compiler(Walker[Evaluate]):
    """Turns a syntax tree into nested closures.

    Parameters
    ----------
    text : str
        For messages.
    """

    unary_operators = _UNARY
    binary_operators = _BINARY
    comparisons = _COMPARE

    def __init__(self, text: str) -> None:
        self.text = text

    def number(self, value: bool | int | float) -> Evaluate:
        return lambda namespace: value

    def name(self, name: str) -> Evaluate:
        return (lambda namespace: CONSTANTS[name]) if name in CONSTANTS else operator.itemgetter(name)

    def unary(self, operator: Any, inner: Evaluate) -> Evaluate:
        return lambda namespace: operator(inner(namespace))

    def binary(self, operator: Any, left: Evaluate, right: Evaluate) -> Evaluate:
        return lambda namespace: operator(left(namespace), right(namespace))

    def logic(self, both: bool, parts: Sequence[Evaluate]) -> Evaluate:
        join = np.logical_and if both else np.logical_or
        return lambda namespace: reduce(join, (part(namespace) for part in parts))

    def call(self, name: str, arguments: Sequence[Evaluate]) -> Evaluate:
        if name not in FUNCTIONS or not arguments:
            raise self._unknown_function(name)
        function = FUNCTIONS[name]
        return lambda namespace: function(*(argument(namespace) for argument in arguments))

    def refusal(self, node: ast.AST) -> ExpressionError:
        if isinstance(node, ast.Call):
            return self._unknown_function(ast.unparse(node.func))
        return ExpressionError(f'"{self.text}" uses {type(node).__name__}, which is not arithmetic')

    def _unknown_function(self, name: str) -> ExpressionError:
        return ExpressionError(f'"{self.text}" calls {name}(); allowed: {", ".join(sorted(FUNCTIONS))}')
