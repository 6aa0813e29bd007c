"""Abstract code rendered as PyTorch operations: a whitelist over the syntax tree, never ``eval``."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import count
from typing import Any

import torch
from torch import Tensor

from brainlearn.expression_tree import Walker
from brainlearn.mirror.draws import DRAWN, drawn
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


class Renderer(Walker[Rendered]):
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
    draws : bool
        Whether random numbers are drawn, by the `Draws` among the values of variables; else they have no rendering.

    Raises
    ------
    UserError
        From all methods, for text that has no rendering.
    """

    unary_operators = _UNARY
    binary_operators = _BINARY
    comparisons = _COMPARE

    def __init__(
        self,
        where: str,
        constants: Mapping[str, float],
        variables: Collection[str],
        subexpressions: Mapping[str, str] | None = None,
        draws: bool = False,
    ) -> None:
        self.where, self.constants, self.variables = where, constants, variables
        self._draws, self._drawn = draws, count()
        self._auxiliary: set[str] = set()
        self._parts: dict[str, Rendered] = {}
        self._subexpressions = {name: self.tree(text) for name, text in (subexpressions or {}).items()}

    # ---- text ----------------------------------------------------------------------------------------------------

    def tree(self, text: str) -> ast.expr:
        """Parse an expression."""
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self.not_rendered(f'"{text}"', "it is no expression") from error

    def expression(self, text: str) -> Rendered:
        """Render an expression."""
        return self._rendered(self.tree(text), text)

    def _rendered(self, tree: ast.expr, text: str) -> Rendered:
        try:
            return self.walk(tree)
        except RecursionError:
            raise self.not_rendered(f'"{text[:40]}…"', "it is nested too deeply") from None

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
            raise self.not_rendered(f'"{line.strip()}"', "it is no assignment")
        target, tree = match["target"], self.tree(match["value"])
        if match["operator"]:
            tree = ast.BinOp(ast.Name(target), _IN_PLACE[match["operator"]](), tree)
        return Assignment(target, self._rendered(tree, match["value"]), self.steep(tree))

    def not_rendered(self, what: str, why: str, allowed: str = ALLOWED) -> UserError:
        """Return the error for text that has no rendering."""
        wrong = f"the mirror cannot render {what}: {why}"
        suggestion = "Write the model without it, or simulate the circuit only in Brian2."
        return UserError(Mistake(self.where, wrong, allowed=allowed, suggestion=suggestion))

    # ---- syntax tree ---------------------------------------------------------------------------------------------

    def number(self, value: bool | int | float) -> Rendered:
        """Return a number, true or false."""
        return number(value)

    def name(self, name: str) -> Rendered:
        """Return a variable, a constant, or what a subexpression is."""
        if name in self._subexpressions and name not in self._auxiliary:
            return self.walk(self._subexpressions[name])
        if name in ("True", "False"):
            return number(name == "True")
        if name in self.constants:
            return number(self.constants[name])
        if name in self._parts:
            return self._parts[name]
        if name not in self.variables and name not in self._auxiliary:
            known = ", ".join([*self.variables, *self._subexpressions, *self.constants])
            raise self.not_rendered(f'"{name}"', "it is not a variable of the model", known)
        return Rendered(operator.itemgetter(name), frozenset({name}), name)

    def unary(self, operator: Any, inner: Rendered) -> Rendered:
        """Apply an operator to one part; numbers are joined now."""
        return unary(operator, inner)

    def binary(self, function: Any, left: Rendered, right: Rendered) -> Rendered:
        """Render a sum, product and the like.

        Brian2 divides by ``int(not_refractory)``, which is 0 for a resting unit, and throws the result away. On the
        way back the 0/0 would be passed on as NaN, so a resting unit divides by 1.
        """
        if function is operator.truediv and "not_refractory" in right.names:
            awake = self.name("not_refractory").evaluate

            def divide(values: Values) -> Any:
                divisor = right.evaluate(values)
                return left.evaluate(values) / torch.where(~awake(values) & (divisor == 0), 1, divisor)

            return Rendered(divide, left.names | right.names, f"({left.text} / {right.text})")
        return binary(function, left, right)

    def logic(self, both_hold: bool, parts: Sequence[Rendered]) -> Rendered:
        """Join conditions."""
        return reduce(partial(binary, both if both_hold else either), parts)

    def call(self, name: str, arguments: Sequence[Rendered]) -> Rendered:
        """Apply a function."""
        if self._draws and name in DRAWN:
            return drawn(name, next(self._drawn))
        if name in RANDOM:
            why = "random numbers, including noise (xi), are drawn by Brian2 only"
            raise self.not_rendered(f"{name}()", why)
        if name not in FUNCTIONS or not arguments:
            raise self.not_rendered(f"{name}()", "the mirror has no such function")
        return called(name, arguments)

    def refusal(self, node: ast.AST) -> UserError:
        """Return the error for text that is not arithmetic."""
        if isinstance(node, ast.Call):
            return self.not_rendered(f"{ast.unparse(node.func)}()", "the mirror has no such function")
        return self.not_rendered(f'"{ast.unparse(node)}"', f"{type(node).__name__} is not arithmetic")

    def looked_up(self, node: ast.expr) -> ast.expr:
        """Return what a name stands for, if it is that of a subexpression."""
        while isinstance(node, ast.Name) and node.id in self._subexpressions:
            node = self._subexpressions[node.id]
        return node

    def steep(self, node: ast.expr) -> bool:
        """Return whether the derivative may be infinite: by a quotient, a power or a function."""
        match self.looked_up(node):
            case ast.BinOp(op=ast.Div() | ast.Mod() | ast.FloorDiv(), right=right) if self.walk(right).names:
                return True
            case ast.BinOp(op=ast.Pow()):
                return True
            case ast.Call(func=ast.Name(id=name)) if name in STEEP:
                return True
            case found:
                return any(self.steep(inner) for inner in ast.iter_child_nodes(found) if isinstance(inner, ast.expr))


def _needed(assignments: list[Assignment], kept: Collection[str]) -> list[Assignment]:
    """Leave out auxiliary variables that nobody reads."""
    needed, read = [], set(kept)
    for assignment in reversed(assignments):
        if assignment.target in read:
            needed.append(assignment)
            read |= assignment.value.names
    return needed[::-1]
