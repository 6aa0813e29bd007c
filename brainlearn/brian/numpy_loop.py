"""Brian2's NumPy code of a state update or a threshold as one compiled loop that computes the same bits.

The statements are given NumPy's types: which numbers are of single precision, which of double, and which are Python's
own and take the precision of the array that they meet (NEP 50). Only what both compute alike is let through:
sums, products, quotients, comparisons, choices and refractoriness, but no function that rounds in its own way.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from brainlearn.brian.loop_text import Loop, NotElementWise, everything, loaded
from brainlearn.brian.typed_loop import FIRST, TypedLoop
from brainlearn.expression_tree import Walker

WEAK, SINGLE, DOUBLE, TRUTH, WHOLE = "weak", "f4", "f8", "b1", "i8"
_KINDS = {np.dtype(np.float32): SINGLE, np.dtype(np.float64): DOUBLE, np.dtype(bool): TRUTH}


class Typed(NamedTuple):
    """Text of a value in the loop, and NumPy's type of it."""

    text: str
    kind: str


class Typing(Walker[Typed]):
    """Writes expressions in the loop's own names with the casts that NumPy does by itself."""

    unary_operators: ClassVar[Mapping[type, str]] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "not "}
    binary_operators: ClassVar[Mapping[type, str]] = {
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.Div: "/",
        ast.Pow: "**",
        ast.BitAnd: "and",
        ast.BitOr: "or",
    }
    comparisons: ClassVar[Mapping[type, str]] = {
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
        ast.Eq: "==",
        ast.NotEq: "!=",
    }

    def __init__(self, loop: Loop, kinds: Mapping[str, str]) -> None:
        self.loop, self.kinds = loop, kinds

    def number(self, value: bool | int | float) -> Typed:
        """Return a number, which takes the precision that it meets."""
        if isinstance(value, bool):
            raise NotElementWise(repr(value))
        return Typed(self.loop.scalar(float(value)), WEAK)

    def name(self, name: str) -> Typed:
        """Return what the loop calls a variable or a number."""
        if name in self.loop.local:
            return Typed(self.loop.local[name], self.kinds[name])
        if name not in self.kinds:
            raise NotElementWise(name)
        return Typed(self.loop.scalar(name), self.kinds[name])

    def unary(self, operator: str, inner: Typed) -> Typed:
        """Apply an operator to a number or a truth."""
        if (operator == "not ") != (inner.kind == TRUTH) or inner.kind == WHOLE:
            raise NotElementWise(operator)
        return Typed(f"({operator}{inner.text})", inner.kind)

    def binary(self, operator: str, left: Typed, right: Typed) -> Typed:
        """Join two values in the type in which NumPy joins them."""
        if operator in ("and", "or"):
            if {left.kind, right.kind} != {TRUTH}:
                raise NotElementWise(operator)
            return Typed(f"({left.text} {operator} {right.text})", TRUTH)
        comparing = operator in self.comparisons.values()
        kind = _common(left.kind, right.kind, comparing)
        text = f"({cast(left, kind)} {operator} {cast(right, kind)})"
        return Typed(text, TRUTH if comparing else kind)

    def whole_power(self, operator: str, base: Typed, exponent: int) -> Typed:
        """Square a number, as NumPy does; no other power is computed alike."""
        if exponent != 2 or base.kind not in (SINGLE, DOUBLE):
            raise NotElementWise(f"{operator}{exponent}")
        return Typed(f"({base.text}*{base.text})", base.kind)

    def logic(self, both: bool, parts: Sequence[Typed]) -> Typed:
        """Refuse conditions of Python."""
        raise NotElementWise("and" if both else "or")

    def call(self, name: str, arguments: Sequence[Typed]) -> Typed:
        """Return a choice or a number of time steps: no other function is computed alike."""
        match name, arguments:
            case "where", (Typed(kind="b1") as condition, yes, no):
                kind = _common(yes.kind, no.kind)
                return Typed(f"({cast(yes, kind)} if {condition.text} else {cast(no, kind)})", kind)
            case "timestep", (time, Typed(kind="f8") as dt) if time.kind in (SINGLE, DOUBLE):
                late = self.loop.scalar(1e-3)
                return Typed(f"i8((f8({time.text}) + {late}*{dt.text})/{dt.text})", WHOLE)
        raise NotElementWise(name)

    def refusal(self, node: ast.AST) -> NotElementWise:
        """Return the error for text that is not arithmetic."""
        return NotElementWise(ast.unparse(node))


def _common(one: str, other: str, comparing: bool = False) -> str:
    """Return the type in which NumPy joins two numbers."""
    kinds = {one, other}
    if comparing and kinds <= {WHOLE, WEAK}:
        return WHOLE
    if TRUTH in kinds or WHOLE in kinds:
        raise NotElementWise("numbers and truths")
    return next(kind for kind in (DOUBLE, SINGLE, WEAK) if kind in kinds)


def cast(value: Typed, kind: str) -> str:
    """Return the text of a value as a number of a type; whole numbers and Python's own are kept as doubles."""
    return value.text if value.kind == kind or kind in (WEAK, WHOLE) else f"{kind}({value.text})"


def numpy_loop(statements: list[ast.stmt], namespace: Mapping[str, Any]) -> TypedLoop:
    """Return the code of a state update as a loop.

    Parameters
    ----------
    statements : list of ast.stmt
        As Brian2 generated them for NumPy.
    namespace : mapping
        Of the code object.

    Raises
    ------
    NotElementWise
        If there is anything that NumPy and a compiled loop may round differently, or that is no arithmetic.
    """
    scalar, vector = halves(statements)
    loop, _ = _ready(scalar, vector, namespace)
    arrays = [namespace[name] for name in loop.arrays]
    if not arrays:
        raise NotElementWise("no arrays")
    return TypedLoop("all", loop, "", arrays, [], scalar, namespace)


def numpy_threshold(statements: list[ast.stmt], namespace: Mapping[str, Any]) -> TypedLoop:
    """Return the code of a threshold, that of refractory units too; see `numpy_loop`."""
    scalar, vector = halves(statements)
    end = next((k for k, s in enumerate(vector) if ast.unparse(s).startswith("_cond =")), len(vector))
    after = [each for each in vector[end + 1 :] if isinstance(each, ast.Assign)]  # and a choice, how spikes are found
    if len(after) not in (2, 4) or len(after) != len(vector) - end - 2:
        raise NotElementWise("threshold")
    loop, kinds = _ready(scalar, vector[: end + 1], namespace)
    if kinds["_cond"] != TRUTH:
        raise NotElementWise("_cond")
    found = [namespace[_stored_array(each)] for each in after[1:]]
    arrays = [namespace[name] for name in loop.arrays]
    form = "events"
    if len(found) > 1:
        form = "resting"
        found.append(namespace[ast.unparse(after[-1].value).removesuffix(FIRST)])
    return TypedLoop(form, loop, loop.local["_cond"], arrays, found, scalar, namespace)


def numpy_reset(statements: list[ast.stmt], namespace: Mapping[str, Any]) -> TypedLoop:
    """Return the code of a reset as a loop over the units that spiked; see `numpy_loop`."""
    scalar, vector = halves(statements)
    space, scalar = spike_space(scalar, namespace), scalar[:-1]
    loop, _ = _ready(scalar, vector, namespace)
    arrays = [namespace[name] for name in loop.arrays]
    return TypedLoop("indexed", loop, "", arrays, [space], scalar, namespace)


def spike_space(scalar: list[ast.stmt], namespace: Mapping[str, Any]) -> np.ndarray:
    """Return the units that spiked, of which the scalar code of a reset takes ``_idx = space[:number]`` at its end."""
    match scalar:
        case [*_, ast.Assign(value=ast.Subscript(value=ast.Name(id=name)))]:
            found: np.ndarray = namespace[name]
            return found
    raise NotElementWise("no spikes")


def _stored_array(statement: ast.Assign) -> str:
    """Return the name of the array that a statement writes to."""
    match statement.targets:
        case [ast.Subscript(value=ast.Name(id=name))]:
            return name
    raise NotElementWise(ast.unparse(statement))


def halves(statements: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Return what Brian2 does once, and what it does for every unit."""
    marks = [k for k, s in enumerate(statements) if ast.unparse(s).startswith("_vectorisation_idx =")]
    if len(marks) != 2:
        raise NotElementWise("neither scalar nor vector code")
    return statements[marks[0] + 1 : marks[1]], statements[marks[1] + 1 :]


def _ready(
    scalar: list[ast.stmt], vector: list[ast.stmt], namespace: Mapping[str, Any]
) -> tuple[Loop, Mapping[str, str]]:
    """Return the loop, and NumPy's types of its names."""
    own: dict[str, Any] = dict(namespace)
    if scalar:
        exec(compile(ast.Module(scalar, []), "<scalar code>", "exec"), own)  # noqa: S102 - as Brian2's code object does
    return _loop(vector, own)


def _kind(value: Any) -> str | None:
    """Return the type of a number, None if it is none that is let through."""
    if isinstance(value, np.floating):
        return _KINDS.get(value.dtype)
    return WEAK if isinstance(value, int | float) and not isinstance(value, bool) else None


def _loop(statements: list[ast.stmt], namespace: Mapping[str, Any]) -> tuple[Loop, dict[str, str]]:
    """Turn Brian2's vector statements into a loop with NumPy's types; return these too, by name."""
    loop = Loop()
    kinds = {name: kind for name, value in namespace.items() if (kind := _kind(value)) is not None}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                (source := loaded(value)) is not None and source not in loop.local  # `_array` of a variable `array`
            ):
                kinds[name] = of_array(namespace[source])
                loop.assign(name, loop.array(source))
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Subscript(value=ast.Name(id=source), slice=ast.Constant(value=0)),
            ):
                kinds[name] = of_array(namespace[source])
                loop.assign(name, loop.scalar(source + FIRST))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found = Typing(loop, kinds).walk(_plain(value))
                loop.assign(name, found.text)
                kinds[name] = found.kind
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if name in loop.local:
                whole = ast.BinOp(ast.Name(name, ast.Load()), op, _plain(value))
                loop.assign(name, cast(Typing(loop, kinds).walk(whole), kinds[name]))
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=mask))],
                value=ast.Subscript(value=ast.Name(id=new), slice=ast.Name(id=again)),
            ) if mask == again and {name, mask, new} <= loop.local.keys() and kinds[mask] == TRUTH:
                replaced = cast(Typed(loop.local[new], kinds[new]), kinds[name])
                loop.assign(name, f"({replaced} if {loop.local[mask]} else {loop.local[name]})")
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=array))], value=ast.Name(id=name)) if (
                array.startswith("_array") and name in loop.local and everything(statement.targets[0])
            ):
                of_array(namespace[array])
                loop.body.append(f"{loop.array(array)} = {loop.local[name]}")
            case _:
                raise NotElementWise(ast.unparse(statement))
    return loop, kinds


def of_array(array: np.ndarray) -> str:
    """Return the type of the entries of an array."""
    if array.dtype not in _KINDS:
        raise NotElementWise(str(array.dtype))
    return _KINDS[array.dtype]


def _plain(value: ast.expr) -> ast.expr:
    """Return an expression with NumPy's own functions by their names alone."""
    for node in ast.walk(value):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="_numpy"), attr=name)):
                node.func = ast.Name(name, ast.Load())
    return value
