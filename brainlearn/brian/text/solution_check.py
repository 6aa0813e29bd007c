"""Check that the solution of a neuron's equations divides by no constant that is 0."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TypeGuard

from brian2.utils.stringtools import get_identifiers

from brainlearn.expression import ExpressionError, parse_expression
from brainlearn.neurons import NeuronModel


def zero_divisors(code: str, model: NeuronModel) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is wrong, found, allowed and to be done for the first divisor that is 0, if there is one.

    Parameters
    ----------
    code : str
        Assignments of a state update, as Brian2 writes them: the exact method divides by the difference of two time
        constants, which may be equal.
    model : NeuronModel
    """
    values = {name: value.value for name, value in model.parameters.items()}
    divisors = [node.right for node in ast.walk(ast.parse(code)) if _divides(node)]
    for text in dict.fromkeys(ast.unparse(divisor) for divisor in divisors):
        named = sorted(set(get_identifiers(text)) & values.keys())
        if named and _vanishes(text, values):
            wrong = f'the solution of the method "{model.method}" divides by `{text}`, which is 0'
            found = ", ".join(f"{name} = {model.parameters[name].text}" for name in named)
            allowed = "parameters for which it is not 0"
            suggestion = 'Choose time constants that differ (0.1 % suffices), or write method = "exponential_euler".'
            yield wrong, found, allowed, suggestion
            return


def _divides(node: ast.AST) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _vanishes(text: str, values: Mapping[str, float]) -> bool:
    """Return whether a divisor that consists of constants is 0."""
    try:
        expression = parse_expression(text)
        return expression.names <= values.keys() and bool(expression(values) == 0)
    except (ExpressionError, ArithmeticError):
        return False
