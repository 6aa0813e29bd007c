"""Abstract code rendered as PyTorch operations: a whitelist over the syntax tree, never ``eval``."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import torch
from torch import Tensor

from brainlearn.mirror.functions import FUNCTIONS, RANDOM
from brainlearn.mirror.linear import Values
from brainlearn.mirror.rendered import Rendered, binary, both, called, either, number, unary
from brainlearn.mistakes import Mistake, UserError

_BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
}
_UNARY: Mapping[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: lambda value: torch.logical_not(value) if isinstance(value, Tensor) else not value,
}
_COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ASSIGNMENT = re.compile(r"^\s*(?P<target>[A-Za-z_]\w*)\s*(?P<operator>[-+*/]?)=(?!=)\s*(?P<value>.+?)\s*$")
_IN_PLACE: Mapping[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
}
STEEP = frozenset(
    ["arccos", "arcsin", "cosh", "exp", "expm1", "exprel", "log", "log10", "log1p", "sinh", "sqrt", "tan"]
)
ALLOWED = "arithmetic, comparisons, and, or, not, and the functions " + ", ".join(sorted(FUNCTIONS))


@dataclass(frozen=True)
class Assignment:
    """``target = value``, or ``target += value`` and the like.

    Parameters
    ----------
    target : str
    value : Rendered
        With the old value taken in already, if the text is ``+=``.
    steep : bool
        Whether its derivative may be infinite.
    """

    target: str
    value: Rendered
    steep: bool


class Renderer:
    """Renders the text of one neuron or synapse model.

    Parameters
    ----------
    where : str
        For messages: file and table.
    constants : mapping of str to float
        In SI units.
    variables : collection of str
        Names that have a value in every step.
    subexpressions : mapping of str to str
        Names that stand for an expression, unless a line before assigns to them.

    Raises
    ------
    UserError
        From all methods, for text that has no rendering.
    """

    def __init__(
        self,
        where: str,
        constants: Mapping[str, float],
        variables: Collection[str],
        subexpressions: Mapping[str, str] | None = None,
    ) -> None:
        self.where, self.constants, self.variables = where, constants, variables
        self._auxiliary: set[str] = set()
        self._parts: dict[str, Rendered] = {}
        self._subexpressions = {name: self.tree(text) for name, text in (subexpressions or {}).items()}

    # ---- text ----------------------------------------------------------------------------------------------------

    def tree(self, text: str) -> ast.expr:
        """Parse an expression."""
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self.refusal(f'"{text}"', "it is no expression") from error

    def expression(self, text: str) -> Rendered:
        """Render an expression."""
        return self._rendered(self.tree(text), text)

    def _rendered(self, tree: ast.expr, text: str) -> Rendered:
        try:
            return self.render(tree)
        except RecursionError:
            raise self.refusal(f'"{text[:40]}…"', "it is nested too deeply") from None

    def assignments(self, text: str, kept: Collection[str] = ()) -> list[Assignment]:
        """Render assignments, one to a line or separated by semicolons.

        Auxiliary variables (all but `kept`) that are sums are put into the sums that read them, as long as no
        variable that is kept has changed in between, and left out if nobody else needs them.
        """
        rendered: list[Assignment] = []
        self._parts, self._auxiliary = {}, set()
        for line in re.split(r"[\n;]", text):
            if line.strip():
                assignment = self._assignment(line)
                rendered.append(assignment)
                if assignment.target in kept or assignment.target in self._auxiliary:
                    self._parts = {}
                elif kept and assignment.value.sum is not None:
                    self._parts[assignment.target] = assignment.value
                self._auxiliary.add(assignment.target)
        self._parts, self._auxiliary = {}, set()
        return _needed(rendered, kept) if kept else rendered

    def _assignment(self, line: str) -> Assignment:
        match = _ASSIGNMENT.match(line)
        if match is None:
            raise self.refusal(f'"{line.strip()}"', "it is no assignment")
        target, tree = match["target"], self.tree(match["value"])
        if match["operator"]:
            tree = ast.BinOp(ast.Name(target), _IN_PLACE[match["operator"]](), tree)
        return Assignment(target, self._rendered(tree, match["value"]), self.steep(tree))

    def refusal(self, what: str, why: str, allowed: str = ALLOWED) -> UserError:
        """Return the error for text that has no rendering."""
        wrong = f"the mirror cannot render {what}: {why}"
        suggestion = "Write the model without it, or leave the circuit to Brian2."
        return UserError(Mistake(self.where, wrong, allowed=allowed, suggestion=suggestion))

    # ---- syntax tree ---------------------------------------------------------------------------------------------

    def render(self, node: ast.expr) -> Rendered:
        """Render a syntax tree; parts without variables become numbers."""
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return number(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=op, operand=inner) if type(op) in _UNARY:
                return unary(_UNARY[type(op)], self.render(inner))
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                return self._arithmetic(op, left, right)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                return binary(_COMPARE[type(op)], self.render(left), self.render(right))
            case ast.BoolOp(op=op, values=values):
                return reduce(partial(binary, both if isinstance(op, ast.And) else either), map(self.render, values))
            case ast.Call():
                return self._call(node)
        raise self.refusal(f'"{ast.unparse(node)}"', f"{type(node).__name__} is not arithmetic")

    def _name(self, name: str) -> Rendered:
        if name in self._subexpressions and name not in self._auxiliary:
            return self.render(self._subexpressions[name])
        if name in ("True", "False"):
            return number(name == "True")
        if name in self.constants:
            return number(self.constants[name])
        if name in self._parts:
            return self._parts[name]
        if name not in self.variables and name not in self._auxiliary:
            raise self.refusal(
                f'"{name}"',
                "it is no variable of the model",
                ", ".join([*self.variables, *self._subexpressions, *self.constants]),
            )
        return Rendered(operator.itemgetter(name), frozenset({name}), name)

    def _arithmetic(self, op: ast.operator, left: ast.expr, right: ast.expr) -> Rendered:
        """Render a sum, product and the like.

        Brian2 divides by ``int(not_refractory)``, which is 0 for a resting unit, and throws the result away. On the
        way back the 0/0 would be passed on as NaN, so a resting unit divides by 1.
        """
        function, a, b = _BINARY[type(op)], self.render(left), self.render(right)
        if isinstance(op, ast.Div) and "not_refractory" in b.names:
            awake = self._name("not_refractory").evaluate

            def divide(values: Values) -> Any:
                divisor = b.evaluate(values)
                return a.evaluate(values) / torch.where(~awake(values) & (divisor == 0), 1, divisor)

            return Rendered(divide, a.names | b.names, f"({a.text} / {b.text})")
        return binary(function, a, b)

    def looked_up(self, node: ast.expr) -> ast.expr:
        """Return what a name stands for, if it is that of a subexpression."""
        while isinstance(node, ast.Name) and node.id in self._subexpressions:
            node = self._subexpressions[node.id]
        return node

    def steep(self, node: ast.expr) -> bool:
        """Tell whether the derivative may be infinite: by a quotient, a power or a function."""
        match self.looked_up(node):
            case ast.BinOp(op=ast.Div() | ast.Mod() | ast.FloorDiv(), right=right) if self.render(right).names:
                return True
            case ast.BinOp(op=ast.Pow()):
                return True
            case ast.Call(func=ast.Name(id=name)) if name in STEEP:
                return True
            case found:
                return any(self.steep(inner) for inner in ast.iter_child_nodes(found) if isinstance(inner, ast.expr))

    def _call(self, node: ast.Call) -> Rendered:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if name in RANDOM:
            why = "random numbers, and so noise (xi), are Brian2's own, and no other machine can draw them"
            raise self.refusal(f"{name}()", why)
        if name not in FUNCTIONS or node.keywords or not node.args:
            raise self.refusal(f"{name}()", "the mirror has no such function")
        return called(name, [self.render(argument) for argument in node.args])


def _needed(assignments: list[Assignment], kept: Collection[str]) -> list[Assignment]:
    """Leave out auxiliary variables that nobody reads."""
    needed, read = [], set(kept)
    for assignment in reversed(assignments):
        if assignment.target in read:
            needed.append(assignment)
            read |= assignment.value.names
    return needed[::-1]
