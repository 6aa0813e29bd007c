"""Sums of variables times numbers, collected while rendering, so that a step takes few tensor operations.

``current*resistance + v*exp(-dt/tau) - current*resistance*exp(-dt/tau)`` becomes two products and a sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]


@dataclass(frozen=True)
class Term:
    """A part that is multiplied by a number.

    Parameters
    ----------
    factor : float
    evaluate : callable
        From the values of variables to a tensor.
    names : frozenset of str
        Variables that it reads.
    """

    factor: float
    evaluate: Evaluate
    names: frozenset[str]


@dataclass(frozen=True)
class Linear:
    """``offset + sum of factor * part``.

    Parameters
    ----------
    offset : float
    terms : mapping of str to Term
        By the text of the part: equal parts are added.
    """

    offset: float
    terms: Mapping[str, Term]

    @property
    def names(self) -> frozenset[str]:
        """Variables that it reads."""
        return frozenset().union(*(term.names for term in self.terms.values()))

    @property
    def text(self) -> str:
        """A text that is equal for equal sums."""
        return "(" + " + ".join([repr(self.offset), *(f"{t.factor!r}*{k}" for k, t in self.terms.items())]) + ")"

    def plus(self, other: Linear, sign: float) -> Linear:
        """Add ``sign * other``."""
        terms = dict(self.terms)
        for key, term in other.terms.items():
            factor = sign * term.factor + (terms[key].factor if key in terms else 0.0)
            terms[key] = Term(factor, term.evaluate, term.names)
        return Linear(self.offset + sign * other.offset, terms)

    def times(self, factor: float) -> Linear | None:
        """Multiply by a number; None where that would lose precision, as for ``(v - v_threshold)/width``."""
        if self.offset and self.terms:
            return None
        terms = {key: Term(factor * t.factor, t.evaluate, t.names) for key, t in self.terms.items()}
        return Linear(self.offset * factor, terms)

    @property
    def finite(self) -> bool:
        """Whether all numbers are."""
        return all(math.isfinite(x) for x in (self.offset, *(term.factor for term in self.terms.values())))

    def evaluator(self) -> Evaluate:
        """Return a function that adds everything up."""
        offset = self.offset
        parts = sorted(((t.factor, t.evaluate) for t in self.terms.values()), key=lambda part: part[0] == 1.0)
        if not parts:
            return lambda values: offset
        (first, evaluate), rest = parts[-1], parts[:-1]  # a part that needs no product comes first, if there is one

        def add_up(values: Values) -> Any:
            total = evaluate(values)
            if first != 1.0:
                total = total * first
            for factor, part in rest:
                total = _add(total, part(values), factor)
            return total + offset if offset else total

        return add_up


def _add(total: Any, value: Any, factor: float) -> Any:
    """Return ``total + factor * value``, in one operation where the types allow it."""
    if isinstance(total, Tensor) and isinstance(value, Tensor) and total.is_floating_point():
        return torch.add(total, value, alpha=factor)
    return total + value * factor
