"""Brian2's NumPy code with its element-wise parts fused into one compiled loop.

NumPy walks over a large group once for every operation of an equation. Here the very statements that Brian2 generated
for its NumPy target are moved into a loop compiled by numba: the group is read and written once. What is not plain
arithmetic (random numbers, refractoriness, user functions) stays as Brian2 wrote it, so any model runs, and most run
faster. Small groups gain nothing and are left alone: compiling takes a few tenths of a second.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from brian2.codegen.runtime.numpy_rt.numpy_rt import NumpyCodeObject
from brian2.core.functions import DEFAULT_FUNCTIONS

from brainlearn.brian.aliasing import COPY, copied, without_aliases
from brainlearn.expression_tree import Walker

SMALLEST_GROUP = 20_000
FUNCTIONS = {"exp", "log", "sqrt", "tanh", "sin", "cos", "clip", "abs"}
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


class NotElementWise(Exception):
    """The code has parts that are not plain arithmetic on equally long arrays."""


@dataclass
class Loop:
    """An element-wise piece of code, ready to be compiled.

    Parameters
    ----------
    arrays : list of str
        Arrays it reads and writes, by their names in Brian2's code.
    scalars : list of str or float
        Names and literal numbers it needs.
    body : list of str
        Statements for one element, in terms of ``a0, a1, …``, ``s0, s1, …`` and ``i``.
    """

    arrays: list[str] = field(default_factory=list)
    scalars: list[str | float] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    local: dict[str, str] = field(default_factory=dict)

    def array(self, name: str) -> str:
        """Return the argument that stands for array `name`."""
        if name not in self.arrays:
            self.arrays.append(name)
        return f"a{self.arrays.index(name)}[i]"

    def scalar(self, value: str | float) -> str:
        """Return the argument that stands for a scalar."""
        if value not in self.scalars:
            self.scalars.append(value)
        return f"s{self.scalars.index(value)}"

    def assign(self, name: str, text: str) -> None:
        """Add an assignment to a local variable."""
        self.local.setdefault(name, f"x{len(self.local)}")
        self.body.append(f"{self.local[name]} = {text}")


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
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (source := _loaded(value)) is not None:
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
                array.startswith("_array") and name in loop.local and _everything(statement.targets[0])
            ):
                loop.body.append(f"{loop.array(array)} = {loop.local[name]}")
            case _:
                raise NotElementWise(ast.unparse(statement))
    return loop


def _loaded(value: ast.expr) -> str | None:
    """Return the array that an expression loads: ``_array_v``, ``_array_v.copy()`` or ``_array_v[_idx]``."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[]):
            return _loaded(inner)
        case ast.Name(id=name) if name.startswith("_array"):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id="_idx")) if name.startswith("_array"):
            return name
    return None


def _everything(target: ast.expr) -> bool:
    """Tell whether a store goes to ``[:]`` or to ``[_idx]``."""
    assert isinstance(target, ast.Subscript)
    match target.slice:
        case ast.Slice(lower=None, upper=None, step=None) | ast.Name(id="_idx"):
            return True
    return False


def _clip(value, low, high):  # type: ignore[no-untyped-def]
    return min(max(value, low), high)


_BUILT_IN = {f"f_{n}": getattr(np, n) for n in FUNCTIONS - {"clip"}}

_FORMS = {
    "all": ("n", "    for i in range(n):\n{body}"),
    "indexed": ("indices", "    for k in range(indices.shape[0]):\n        i = indices[k]\n{body}"),
    "events": (
        "n, space",
        "    m = 0\n    for i in range(n):\n{body}\n        space[m] = i\n        m += {cond}\n    space[n] = m",
    ),
}


@lru_cache(maxsize=256)
def _compiled(form: str, arrays: int, scalars: int, body: tuple[str, ...], cond: str) -> Callable[..., None]:
    """Compile a loop; the same code is compiled once."""
    first, frame = _FORMS[form]
    arguments = [first, *(f"a{k}" for k in range(arrays)), *(f"s{k}" for k in range(scalars))]
    text = f"def loop({', '.join(arguments)}):\n" + frame.format(
        body="\n".join("        " + b for b in body), cond=cond
    )
    import numba

    namespace = _BUILT_IN | {"f_clip": numba.njit(_clip)}
    exec(compile(text, "<brainlearn fused loop>", "exec"), namespace)  # noqa: S102 - arithmetic from a whitelist
    compiled: Callable[..., None] = numba.njit(error_model="numpy")(namespace["loop"])
    return compiled


class FusedCodeObject(NumpyCodeObject):
    """Brian2's NumPy code object whose loops over a large group are compiled."""

    class_name = "fused_numpy"

    def compile_block(self, block: str) -> Any:
        """Compile a block; fuse the ``run`` block of state update, threshold and reset if possible."""
        if block == "run":
            self.namespace[COPY] = copied
            self.code.run = without_aliases(self.code.run)
        compiled = super().compile_block(block)
        self._fused: Callable[[], None] | None = None if block == "run" else getattr(self, "_fused", None)
        n = getattr(getattr(self, "owner", None), "_N", 0)
        if block == "run" and compiled is not None and n >= SMALLEST_GROUP:
            try:
                self._fused = self._fuse(ast.parse(self.code.run).body)
            except NotElementWise:
                self._fused = None
        return compiled

    def run_block(self, block: str) -> Any:
        """Run a block, fused or as Brian2 wrote it."""
        if block == "run" and self._fused is not None:
            return self._fused()
        return super().run_block(block)

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
        function = _compiled(form, len(loop.arrays), len(loop.scalars), tuple(loop.body), "")
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
        function = _compiled("events", len(loop.arrays), len(loop.scalars), tuple(loop.body), cond)
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
