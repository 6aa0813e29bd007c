"""Quantities that follow from the place of a unit: ``"10*ms + 1*ms*row"``, checked for units, never executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from brainlearn.expression import CONSTANTS, ExpressionError, parse_expression
from brainlearn.expression_tree import Walker
from brainlearn.mistakes import closest
from brainlearn.units import NONE, UNITS, Dimension, describe_dimension

PLACES = ("i", "N", "row", "column")
"""What an expression may read: index of the unit, number of units, and the position on the sheet, counted from 0."""

_KEEPING = ("abs", "clip")


class PlaceError(ValueError):
    """An expression whose names or units are wrong."""


def dimension_of_text(text: str) -> Dimension:
    """Return the dimension of an expression of place.

    Raises
    ------
    ExpressionError
        If it is no arithmetic.
    PlaceError
        If a name is unknown, or units do not agree.
    """
    return _dimension(text)


@lru_cache(maxsize=256)
def _dimension(text: str) -> Dimension:
    parse_expression(text)  # refuses whatever is not on the whitelist
    return _Dimensions(text).walk(ast.parse(text.strip(), mode="eval").body)


def names_of_text(text: str) -> frozenset[str]:
    """Return which of `PLACES` an expression reads."""
    return parse_expression(text).names & set(PLACES)


def values_of_text(text: str, size: int, sheet: tuple[int, int] | None) -> np.ndarray:
    """Compute an expression for every unit of a population.

    Parameters
    ----------
    text : str
    size : int
        Number of units.
    sheet : (int, int) or None
        Rows and columns. Units are numbered row by row, plane by plane where several are at a place.

    Returns
    -------
    (unit,) array of float64
        In SI units; perhaps not finite, as after a division by 0.
    """
    known: dict[str, Any] = {"i": np.arange(size, dtype=float), "N": float(size)}
    if sheet is not None:
        place = np.arange(size) % (sheet[0] * sheet[1])
        known |= {"row": (place // sheet[1]).astype(float), "column": (place % sheet[1]).astype(float)}
    expression = parse_expression(text)
    known = {name: known[name] if name in known else UNITS[name][0] for name in expression.names}
    with np.errstate(all="ignore"):
        found = np.asarray(expression(known), dtype=float)
    return np.array(np.broadcast_to(found, (size,)))


class _Dimensions(Walker[Dimension]):
    """Finds the dimension of an expression, from the leaves up."""

    unary_operators: ClassVar[Mapping[type, Any]] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}
    binary_operators: ClassVar[Mapping[type, Any]] = {
        ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%",
    }  # fmt: skip
    comparisons: ClassVar[Mapping[type, Any]] = {
        ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    }  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text

    def number(self, value: bool | int | float) -> Dimension:
        return NONE

    def name(self, name: str) -> Dimension:
        if name in PLACES or name in CONSTANTS:
            return NONE
        if name not in UNITS:
            known = f"units, and {', '.join(PLACES)}"
            hint = closest(name, PLACES)
            raise PlaceError(f'"{self.text}" names "{name}"; allowed: {known}' + (f". {hint}" if hint else ""))
        return UNITS[name][1]

    def unary(self, operator: str, inner: Dimension) -> Dimension:
        return inner if operator != "not" else NONE

    def binary(self, operator: str, left: Dimension, right: Dimension) -> Dimension:
        if operator in "*/":
            sign = 1 if operator == "*" else -1
            return tuple(a + sign * b for a, b in zip(left, right, strict=True))
        if operator == "**":
            return self._without("**", left, right)
        if left != right:
            units = " and ".join(describe_dimension(each) for each in (left, right))
            raise PlaceError(f'"{self.text}" combines {units} with {operator}')
        return left if operator in "+-%" else NONE

    def whole_power(self, operator: str, base: Dimension, exponent: int) -> Dimension:
        return tuple(exponent * each for each in base)

    def logic(self, both: bool, parts: Sequence[Dimension]) -> Dimension:
        return NONE

    def call(self, name: str, arguments: Sequence[Dimension]) -> Dimension:
        first = arguments[0]
        if name in _KEEPING:
            for other in arguments[1:]:
                self.binary("+", first, other)
            return first
        if name == "sqrt" and not any(each % 2 for each in first):
            return tuple(each // 2 for each in first)
        return NONE if name == "sign" else self._without(f"{name}()", *arguments)

    def _without(self, what: str, *parts: Dimension) -> Dimension:
        unit = next((each for each in parts if each != NONE), None)
        if unit is not None:
            raise PlaceError(f'"{self.text}" takes {what} of a {describe_dimension(unit)}, not of a number')
        return NONE

    def refusal(self, node: ast.AST) -> ExpressionError:
        return ExpressionError(f'"{self.text}" uses {type(node).__name__}, which is not arithmetic')
