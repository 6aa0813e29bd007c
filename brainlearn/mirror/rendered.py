"""Expressions as closures over the values of variables, and how two of them are joined."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.mirror.functions import CONSTANT_FUNCTIONS, FUNCTIONS
from brainlearn.mirror.linear import Evaluate, Linear, Term, Values
from brainlearn.reserved import reserved

DRAWS = reserved("draws")
"""The name under which the state of a population has what draws random numbers."""


@dataclass(frozen=True)
class Rendered:
    """An expression, ready to be evaluated.

    Parameters
    ----------
    evaluate : callable
        From the values of variables to a tensor or a number.
    names : frozenset of str
        Variables that it reads. Empty: `constant` is its value.
    text : str
        Equal for equal expressions.
    constant : float or bool or None
    sum : Linear or None
        The same as a sum of parts times numbers, if it is one.
    """

    evaluate: Evaluate
    names: frozenset[str]
    text: str
    constant: Any = None
    sum: Linear | None = None

    @property
    def linear(self) -> Linear:
        """The expression as a sum; of one part, if need be."""
        if self.sum is not None:
            return self.sum
        if not self.names:
            return Linear(float(self.constant), {})
        return Linear(0.0, {self.text: Term(1.0, self.evaluate, self.names)})


def number(value: Any) -> Rendered:
    """Return an expression that is a number, true or false."""
    value = value if isinstance(value, bool) else float(value) if not isinstance(value, int) else value
    return Rendered(lambda values: value, frozenset(), repr(value), value)


def unary(function: Callable[[Any], Any], inner: Rendered) -> Rendered:
    """Apply an operator to one part."""
    if not inner.names:
        return number(function(inner.constant))
    if function is operator.neg:
        return binary(operator.mul, number(-1.0), inner)
    evaluate = inner.evaluate
    return Rendered(lambda values: function(evaluate(values)), inner.names, f"{function.__name__}({inner.text})")


def binary(function: Callable[[Any, Any], Any], left: Rendered, right: Rendered) -> Rendered:
    """Join two parts; numbers are joined now, and bound as such."""
    names = left.names | right.names
    if not names:
        with np.errstate(all="ignore"):
            return number(function(np.float64(left.constant), np.float64(right.constant)).item())
    total = _sum(function, left, right) if DRAWS not in names else None  # numbers are drawn from left to right
    if total is not None and total.names:
        return Rendered(total.evaluator(), total.names, total.text, sum=total)
    text = f"{function.__name__}({left.text}, {right.text})"
    a, b, x, y = left.evaluate, right.evaluate, left.constant, right.constant
    if not left.names:
        return Rendered(lambda values: function(x, b(values)), names, text)
    if not right.names:
        return Rendered(lambda values: function(a(values), y), names, text)
    return Rendered(lambda values: function(a(values), b(values)), names, text)


def called(name: str, parts: Sequence[Rendered]) -> Rendered:
    """Apply a function: one of tensors, or of numbers where all its arguments are, as those of the time."""
    names = frozenset().union(*(part.names for part in parts))
    of_tensors, of_numbers, evaluates = FUNCTIONS[name], CONSTANT_FUNCTIONS[name], [part.evaluate for part in parts]

    def call(values: Values) -> Any:
        arguments = [evaluate(values) for evaluate in evaluates]
        if any(isinstance(argument, Tensor) for argument in arguments):
            found = of_tensors(*arguments)
            return found if found.is_floating_point() else found.to(_type_of(names, values))
        with np.errstate(all="ignore"):
            return np.asarray(of_numbers(*arguments)).item()

    return Rendered(call, names, f"{name}({', '.join(part.text for part in parts)})") if names else number(call({}))


def _type_of(names: Iterable[str], values: Values) -> torch.dtype:
    """Return the type of the variables that a flag compares; if none is a number, float64, which loses no digits."""
    found = {values[name].dtype for name in names if isinstance(values.get(name), Tensor)}
    numbers = [each for each in found if each.is_floating_point]
    return functools.reduce(torch.promote_types, numbers) if numbers else torch.float64


def _sum(function: Callable[[Any, Any], Any], left: Rendered, right: Rendered) -> Linear | None:
    """Return the result as a sum of parts times numbers, if it is more than one part of its own."""
    total: Linear | None = None
    if function in (operator.add, operator.sub):
        total = left.linear.plus(right.linear, 1.0 if function is operator.add else -1.0)
    elif function is operator.mul and not left.names:
        total = _scaled(right, left.constant)
    elif function is operator.mul and not right.names:
        total = _scaled(left, right.constant)
    elif function is operator.truediv and not right.names and right.constant:
        total = _scaled(left, 1.0 / right.constant)
    return total if total is not None and total.finite else None


def _scaled(part: Rendered, factor: Any) -> Linear:
    """Return the part times a number; a part with an offset stays whole, as it loses no digits then."""
    scaled = part.linear.times(float(factor))
    return scaled or Linear(0.0, {part.text: Term(float(factor), part.evaluate, part.names)})


def both(left: Any, right: Any) -> Any:
    """Return ``left and right``."""
    return torch.logical_and(*_tensors(left, right))


def either(left: Any, right: Any) -> Any:
    """Return ``left or right``."""
    return torch.logical_or(*_tensors(left, right))


def _tensors(left: Any, right: Any) -> tuple[Tensor, Tensor]:
    return torch.as_tensor(left), torch.as_tensor(right)
