"""Brian2's NumPy code with its element-wise parts fused into one compiled loop.

NumPy walks over a large group once for every operation of an equation. Here the very statements that Brian2 generated
for its NumPy target are moved into a loop compiled by numba: the group is read and written once. What is not plain
arithmetic (random numbers, user functions) stays as Brian2 wrote it, so any model runs, and most run faster. Small
groups are left alone at first, since compiling takes a few tenths of a second. After many steps their state updates
are compiled too, and those of refractory units, with their thresholds, in groups of any size, by `numpy_loop`,
which changes no bit; resets are left out in steps without spikes.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from brian2.codegen.runtime.numpy_rt.numpy_rt import NumpyCodeObject
from brian2.core.functions import DEFAULT_FUNCTIONS

from brainlearn.brian.aliasing import COPY, copied, without_aliases
from brainlearn.brian.loop_text import FUNCTIONS, Loop, NotElementWise, everything, loaded
from brainlearn.brian.numpy_loop import halves, numpy_loop, numpy_reset, numpy_threshold, spike_space
from brainlearn.brian.typed_loop import TypedLoop
from brainlearn.expression_tree import Walker

SMALLEST_GROUP = 20_000
MANY_RUNS, FEW_UNITS = 5_000, 100  # after so many steps a group of more units is worth compiling, if no bit changes
_LIKE_NUMPY = {"stateupdate": numpy_loop, "threshold": numpy_threshold, "reset": numpy_reset}
_UNARY: Mapping[type, str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_BINARY: Mapping[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}
_COMPARE: Mapping[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class _Renaming(Walker[str]):
    """Writes an expression in the loop's own names; refuses what is not plain arithmetic."""

    unary_operators = _UNARY
    binary_operators = _BINARY
    comparisons = _COMPARE

    def __init__(self, loop: Loop) -> None:
        self.loop = loop

    def number(self, value: bool | int | float) -> str:
        if isinstance(value, bool):
            raise NotElementWise(repr(value))
        return self.loop.scalar(float(value))

    def name(self, name: str) -> str:
        if name.startswith("_array"):
            raise NotElementWise(name)
        return self.loop.local.get(name) or self.loop.scalar(name)

    def unary(self, operator: str, inner: str) -> str:
        return f"({operator}{inner})"

    def binary(self, operator: str, left: str, right: str) -> str:
        return f"({left} {operator} {right})"

    def whole_power(self, operator: str, base: str, exponent: int) -> str:
        return f"({base} {operator} {exponent})"  # a whole exponent stays one: no call of pow

    def logic(self, both: bool, parts: Sequence[str]) -> str:
        raise NotElementWise("and" if both else "or")

    def call(self, name: str, arguments: Sequence[str]) -> str:
        if name not in FUNCTIONS:
            raise NotElementWise(name)
        return f"f_{name}({', '.join(arguments)})"

    def refusal(self, node: ast.AST) -> NotElementWise:
        return NotElementWise(ast.unparse(node))


def element_wise(statements: list[ast.stmt]) -> Loop:
    """Turn Brian2's vector statements into a loop.

    Raises
    ------
    NotElementWise
        If a statement is anything but loading, plain arithmetic and storing.
    """
    loop = Loop()
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                (source := loaded(value)) is not None and source not in loop.local  # `_array` of a variable `array`
            ):
                loop.assign(name, loop.array(source))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=function), args=[value])) if (
                function == COPY
            ):
                loop.assign(name, _Renaming(loop).walk(value))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                loop.assign(name, _Renaming(loop).walk(value))
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if name in loop.local:
                whole = ast.BinOp(ast.Name(name, ast.Load()), op, value)
                loop.assign(name, _Renaming(loop).walk(whole))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=array))], value=ast.Name(id=name)) if (
                array.startswith("_array") and name in loop.local and everything(statement.targets[0])
            ):
                loop.body.append(f"{loop.array(array)} = {loop.local[name]}")
            case _:
                raise NotElementWise(ast.unparse(statement))
    return loop


def _as_numpy(template: str, statements: list[ast.stmt], namespace: Mapping[str, Any]) -> TypedLoop:
    if template not in _LIKE_NUMPY:
        raise NotElementWise(template)
    return _LIKE_NUMPY[template](statements, namespace)


class FusedCodeObject(NumpyCodeObject):
    """Brian2's NumPy code object whose loops over a large group are compiled."""

    class_name = "fused_numpy"

    def compile_block(self, block: str) -> Any:
        """Compile a block; fuse the ``run`` block of state update, threshold and reset if possible."""
        if block == "run":
            self.namespace[COPY] = copied
            self.code.run = without_aliases(self.code.run)
        compiled = super().compile_block(block)
        if block == "run":
            size = getattr(getattr(self, "owner", None), "_N", 0)
            self._large, self._runs = compiled is not None and size >= SMALLEST_GROUP, 0
            self._worth = size > FEW_UNITS
            self._fused = self._fuse_large() if self._large else None
        return compiled

    def _fuse_large(self) -> Callable[[], None] | None:
        """Return the block fused, or as a loop of NumPy's bits, or None if neither can be."""
        try:
            return self._fuse(ast.parse(self.code.run).body).compiled()
        except NotElementWise:
            return self._like_numpy()

    def _like_numpy(self) -> Callable[[], None] | None:
        """Return a loop that computes the same bits, or what leaves a reset out in steps without spikes."""
        statements = ast.parse(self.code.run).body
        try:
            if self.template_name != "reset":
                return _as_numpy(self.template_name, statements, self.namespace).compiled()
            scalar, _ = halves(statements)
            space = spike_space(scalar, self.namespace)
        except NotElementWise:
            return None
        reset = partial(super().run_block, "run")
        return (lambda: reset() if space[-1] else None) if len(scalar) == 1 else None

    def typed_loop(self) -> TypedLoop:
        """Return the block as a loop that computes what `run_block` does, to the last bit.

        Raises
        ------
        NotElementWise
            If it cannot be written as one.
        """
        statements = ast.parse(self.code.run).body
        if self._large:
            with contextlib.suppress(NotElementWise):
                return self._fuse(statements)
        return _as_numpy(self.template_name, ast.parse(self.code.run).body, self.namespace)

    def run_block(self, block: str) -> Any:
        """Run a block, fused or as Brian2 wrote it."""
        if block != "run":
            return super().run_block(block)
        self._runs += 1
        if self._runs == MANY_RUNS and self._worth and self._fused is None:
            self._fused = self._like_numpy()
        return super().run_block(block) if self._fused is None else self._fused()

    def _fuse(self, statements: list[ast.stmt]) -> TypedLoop:
        if self.template_name not in ("stateupdate", "threshold", "reset"):
            raise NotElementWise(self.template_name)
        scalar, vector = halves(statements)
        if self.template_name == "threshold":
            return self._fuse_threshold(scalar, vector)
        form, found = "all", []
        if self.template_name == "reset":
            form, found, scalar = "indexed", [spike_space(scalar, self.namespace)], scalar[:-1]
        return self._in_one_precision(form, element_wise(vector), "", found, scalar)

    def _fuse_threshold(self, scalar: list[ast.stmt], vector: list[ast.stmt]) -> TypedLoop:
        texts = [ast.unparse(s) for s in vector]
        end = next((k for k, t in enumerate(texts) if t.startswith("_cond =")), None)
        if end is None or len(vector) != end + 4:  # refractoriness writes more
            raise NotElementWise("threshold")
        loop = element_wise(vector[: end + 1])
        space = self.namespace[vector[-1].targets[0].value.id]  # type: ignore[attr-defined]
        return self._in_one_precision("events", loop, loop.local["_cond"], [space], scalar)

    def _in_one_precision(
        self, form: str, loop: Loop, condition: str, found: list[np.ndarray], scalar: list[ast.stmt]
    ) -> TypedLoop:
        """Return a loop whose numbers have the arrays' highest precision."""
        arrays = [self.namespace[name] for name in loop.arrays]
        if not arrays:
            raise NotElementWise("no arrays")
        kinds = {array.dtype for array in arrays if array.dtype.kind == "f"}
        if scalar:
            exec(compile(ast.Module(scalar, []), "<scalar code>", "exec"), self.namespace)  # noqa: S102 - as Brian2 does
        for name in loop.scalars:
            value = name if isinstance(name, float) else self.namespace.get(name)
            number = isinstance(value, int | float | np.floating | np.integer) and not isinstance(value, bool)
            if np.ndim(value) or not number:
                raise NotElementWise(str(name))
        dtype = kinds.pop().type if len(kinds) == 1 else np.float64
        return TypedLoop(form, loop, condition, arrays, found, scalar, self.namespace, dtype)


# Brian2 gives these functions to its NumPy target when a code object of that very class first asks for them.
for _name in ("expm1", "exprel", "log1p"):
    _function = DEFAULT_FUNCTIONS[_name]
    _function.implementations.add_numpy_implementation(_function.pyfunc)
