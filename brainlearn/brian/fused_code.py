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
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from brian2.codegen.runtime.numpy_rt.numpy_rt import NumpyCodeObject
from brian2.core.functions import DEFAULT_FUNCTIONS

from brainlearn.brian.aliasing import COPY, copied, without_aliases
from brainlearn.brian.loop_text import FUNCTIONS, Loop, NotElementWise, compiled_text, everything, loaded
from brainlearn.brian.numpy_loop import halves, numpy_loop, numpy_threshold
from brainlearn.expression_tree import Walker

SMALLEST_GROUP = 20_000
MANY_RUNS, FEW_UNITS = 5_000, 100  # after so many steps a group of more units is worth compiling, if no bit changes
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
            large, self._runs = size >= SMALLEST_GROUP, 0
            self._worth = size > FEW_UNITS
            self._fused = self._compiled(self._fuse, self._like_numpy) if compiled is not None and large else None
        return compiled

    def _compiled(self, *ways: Callable[[list[ast.stmt]], Callable[[], None]]) -> Callable[[], None] | None:
        """Return the block as the first of several ways compiles it, or None if none can."""
        for way in ways:
            try:
                return way(ast.parse(self.code.run).body)
            except NotElementWise:
                continue
        return None

    def _like_numpy(self, statements: list[ast.stmt]) -> Callable[[], None]:
        """Return a loop that computes the same bits, or what leaves a reset out in steps without spikes."""
        if self.template_name == "stateupdate":
            return numpy_loop(statements, self.namespace)
        if self.template_name == "threshold":
            return numpy_threshold(statements, self.namespace)
        if self.template_name != "reset" or len(scalar := halves(statements)[0]) != 1:
            raise NotElementWise(self.template_name)
        space = self.namespace[scalar[0].value.value.id]  # type: ignore[attr-defined]  # _idx = space[:n]
        reset = partial(super().run_block, "run")
        return lambda: reset() if space[-1] else None

    def run_block(self, block: str) -> Any:
        """Run a block, fused or as Brian2 wrote it."""
        if block != "run":
            return super().run_block(block)
        self._runs += 1
        if self._runs == MANY_RUNS and self._worth and self._fused is None:
            self._fused = self._compiled(self._like_numpy)
        return super().run_block(block) if self._fused is None else self._fused()

    def _fuse(self, statements: list[ast.stmt]) -> Callable[[], None]:
        marks = [k for k, s in enumerate(statements) if ast.unparse(s).startswith("_vectorisation_idx =")]
        if self.template_name not in ("stateupdate", "threshold", "reset") or len(marks) != 2:
            raise NotElementWise(self.template_name)
        scalar, vector = statements[marks[0] + 1 : marks[1]], statements[marks[1] + 1 :]
        if self.template_name == "threshold":
            return self._fuse_threshold(scalar, vector)
        form = "all" if self.template_name == "stateupdate" else "indexed"
        spikespace = None
        if form == "indexed":
            spikespace = self.namespace[scalar[-1].value.value.id]  # type: ignore[attr-defined]  # _idx = space[:n]
            scalar = scalar[:-1]
        loop = element_wise(vector)
        function = compiled_text(form, len(loop.arrays), len(loop.scalars), tuple(loop.body), "")
        prepare, arguments = self._arguments(scalar, loop)

        def run() -> None:
            prepare()
            first = arrays[0].shape[0] if spikespace is None else spikespace[: spikespace[-1]]
            function(first, *arrays, *arguments())

        arrays = [self.namespace[name] for name in loop.arrays]
        if not arrays:
            raise NotElementWise("no arrays")
        return run

    def _fuse_threshold(self, scalar: list[ast.stmt], vector: list[ast.stmt]) -> Callable[[], None]:
        texts = [ast.unparse(s) for s in vector]
        end = next((k for k, t in enumerate(texts) if t.startswith("_cond =")), None)
        if end is None or len(vector) != end + 4:  # refractoriness writes more
            raise NotElementWise("threshold")
        loop = element_wise(vector[: end + 1])
        space = self.namespace[vector[-1].targets[0].value.id]  # type: ignore[attr-defined]
        cond = loop.local["_cond"]
        function = compiled_text("events", len(loop.arrays), len(loop.scalars), tuple(loop.body), cond)
        prepare, arguments = self._arguments(scalar, loop)
        arrays = [self.namespace[name] for name in loop.arrays]

        def run() -> None:
            prepare()
            function(len(space) - 1, space, *arrays, *arguments())

        return run

    def _arguments(self, scalar: list[ast.stmt], loop: Loop) -> tuple[Callable[[], None], Callable[[], list[Any]]]:
        """Return what runs the scalar code, and what gives the loop's scalars in the arrays' highest precision."""
        code = compile(ast.Module(scalar, []), "<scalar code>", "exec") if scalar else None
        kinds = {self.namespace[name].dtype for name in loop.arrays if self.namespace[name].dtype.kind == "f"}
        dtype = kinds.pop().type if len(kinds) == 1 else np.float64
        names = loop.scalars

        def prepare() -> None:
            if code is not None:
                exec(code, self.namespace)  # noqa: S102 - as Brian2's own code object does

        prepare()
        for name in names:
            value = name if isinstance(name, float) else self.namespace.get(name)
            if (
                np.ndim(value)
                or not isinstance(value, int | float | np.floating | np.integer)
                or isinstance(value, bool)
            ):
                raise NotElementWise(str(name))

        def values() -> list[Any]:
            return [dtype(n if isinstance(n, float) else self.namespace[n]) for n in names]

        return prepare, values


# Brian2 gives these functions to its NumPy target when a code object of that very class first asks for them.
for _name in ("expm1", "exprel", "log1p"):
    _function = DEFAULT_FUNCTIONS[_name]
    _function.implementations.add_numpy_implementation(_function.pyfunc)
