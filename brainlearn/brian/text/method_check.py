"""Check that Brian2 can integrate the equations of a neuron model by the method that the model names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from brian2 import Equations
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
from brian2.utils.stringtools import get_identifiers

from brainlearn.brian.text.text_parsing import quoted, reason_of
from brainlearn.expression import ExpressionError, parse_expression
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NeuronModel


def method_mistakes(
    place: str, model: NeuronModel, equations: Equations, names: Mapping[str, Any]
) -> Iterator[Mistake]:
    """Yield why the equations of a model cannot be integrated, or not to numbers.

    Parameters
    ----------
    place : str
        The model, for the mistakes.
    model : NeuronModel
    equations : Equations
        Its equations.
    names : mapping
        What its text may name, as Brian2's parser wants it.
    """
    if not equations.diff_eq_names:
        return
    used = {*equations, *equations.identifiers, "t", "dt"}  # Brian2 looks at every name that it is given
    named = {name: value for name, value in names.items() if name in used}
    try:
        code = StateUpdateMethod.apply_stateupdater(equations, named, model.method)
        yield from _divisors(place, model, code)
    except UnsupportedEquationsException as error:
        wrong = f"cannot integrate these equations: {reason_of(error)}"
        suggestion = "exponential_euler and euler take more kinds of equations."
        yield Mistake(f"{place}.method", wrong, f'"{model.method}"', "", suggestion)
    except Exception as error:
        yield Mistake(f"{place}.equations", f"cannot be integrated: {reason_of(error)}", quoted(model.equations))


def _divisors(place: str, model: NeuronModel, code: str) -> Iterator[Mistake]:
    """See that the solution divides by no constant that is 0, as by the difference of two equal time constants."""
    values = {name: value.value for name, value in model.parameters.items()}
    divisors = [node.right for node in ast.walk(ast.parse(code)) if _divides(node)]
    for text in dict.fromkeys(ast.unparse(divisor) for divisor in divisors):
        named = sorted(set(get_identifiers(text)) & values.keys())
        if not named or not _vanishes(text, values):
            continue
        wrong = f'the solution of the method "{model.method}" divides by `{text}`, which is 0'
        found = ", ".join(f"{name} = {model.parameters[name].text}" for name in named)
        allowed = "parameters for which it is another number"
        suggestion = 'Make time constants differ, if only by a thousandth, or write method = "exponential_euler".'
        yield Mistake(f"{place}.method", wrong, found, allowed, suggestion)
        return


def _divides(node: ast.AST) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def _vanishes(text: str, values: Mapping[str, float]) -> bool:
    """Tell whether a divisor that consists of constants is 0."""
    try:
        expression = parse_expression(text)
        return expression.names <= values.keys() and bool(expression(values) == 0)
    except (ExpressionError, ArithmeticError):
        return False
