"""The one walk over the syntax tree of arithmetic text; the caller decides what each part becomes.

Text of users is never executed: it is parsed, and only what a walker has an answer for is let through.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

Part = TypeVar("Part")


class Walker(ABC, Generic[Part]):
    """Turns arithmetic into something else, from the leaves up.

    Attributes
    ----------
    unary_operators, binary_operators, comparisons : mapping of ast class to object
        The operators that may occur, each with what the caller needs to know of it.
    """

    unary_operators: ClassVar[Mapping[type, Any]] = {}
    binary_operators: ClassVar[Mapping[type, Any]] = {}
    comparisons: ClassVar[Mapping[type, Any]] = {}

    def walk(self, node: ast.AST) -> Part:
        """Return what a tree becomes; raises the walker's refusal for what is no arithmetic."""
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return self.number(value)
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(op=op, operand=inner) if type(op) in self.unary_operators:
                return self.unary(self.unary_operators[type(op)], self.walk(inner))
            case ast.BinOp(op=op, left=left, right=right) if type(op) in self.binary_operators:
                return self._binary(op, left, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in self.comparisons:
                return self.binary(self.comparisons[type(op)], self.walk(left), self.walk(right))
            case ast.BoolOp(op=op, values=values):
                return self.logic(isinstance(op, ast.And), [self.walk(value) for value in values])
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(name, [self.walk(argument) for argument in arguments])
        raise self.refusal(node)

    def _binary(self, op: ast.operator, left: ast.expr, right: ast.expr) -> Part:
        known = self.binary_operators[type(op)]
        match op, right:
            case ast.Pow(), ast.Constant(value=int() as exponent) if not isinstance(exponent, bool):
                return self.whole_power(known, self.walk(left), exponent)
        return self.binary(known, self.walk(left), self.walk(right))

    @abstractmethod
    def number(self, value: bool | int | float) -> Part:
        """Return what a number, true or false becomes."""

    @abstractmethod
    def name(self, name: str) -> Part:
        """Return what an identifier becomes."""

    @abstractmethod
    def unary(self, operator: Any, inner: Part) -> Part:
        """Apply an operator to one part."""

    @abstractmethod
    def binary(self, operator: Any, left: Part, right: Part) -> Part:
        """Join two parts, by arithmetic or a comparison."""

    def whole_power(self, operator: Any, base: Part, exponent: int) -> Part:
        """Raise a part to a whole number."""
        return self.binary(operator, base, self.number(exponent))

    @abstractmethod
    def logic(self, both: bool, parts: Sequence[Part]) -> Part:
        """Join conditions by ``and`` (`both`) or ``or``."""

    @abstractmethod
    def call(self, name: str, arguments: Sequence[Part]) -> Part:
        """Apply a function."""

    @abstractmethod
    def refusal(self, node: ast.AST) -> Exception:
        """Return the error for text that is not arithmetic."""
