"""Element-wise code as the text of a loop, which numba compiles."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

FUNCTIONS = {"exp", "log", "sqrt", "tanh", "sin", "cos", "clip", "abs"}


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


def loaded(value: ast.expr) -> str | None:
    """Return the array that an expression loads: ``_array_v``, ``_array_v.copy()`` or ``_array_v[_idx]``."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[]):
            return loaded(inner)
        case ast.Name(id=name) if name.startswith("_array"):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id="_idx")) if name.startswith("_array"):
            return name
    return None


def everything(target: ast.expr) -> bool:
    """Return whether a store goes to ``[:]`` or to ``[_idx]``."""
    assert isinstance(target, ast.Subscript)
    match target.slice:
        case ast.Slice(lower=None, upper=None, step=None) | ast.Name(id="_idx"):
            return True
    return False


def _clip(value, low, high):  # type: ignore[no-untyped-def]
    return min(max(value, low), high)


_BUILT_IN = {f"f_{n}": getattr(np, n) for n in FUNCTIONS - {"clip"}}
_BUILT_IN |= {"f4": np.float32, "f8": np.float64, "i8": np.int64}

_FORMS = {
    "all": ("n", "    for i in range(n):\n{body}"),
    "indexed": ("indices", "    for k in range(indices.shape[0]):\n        i = indices[k]\n{body}"),
    "events": (
        "n, space",
        "    m = 0\n    for i in range(n):\n{body}\n        space[m] = i\n        m += {cond}\n    space[n] = m",
    ),
    "resting": (
        "n, space, awake, last, now",
        "    m = 0\n    for i in range(n):\n{body}\n        if {cond}:\n            space[m] = i\n            m += 1\n"
        "            awake[i] = False\n            last[i] = now\n    space[n] = m",
    ),
}


@lru_cache(maxsize=1)
def _compiled_clip() -> Callable[..., float]:
    import numba

    compiled: Callable[..., float] = numba.njit(_clip)
    return compiled


def built_in() -> dict[str, Any]:
    """Return what the text of loops may call."""
    return _BUILT_IN | {"f_clip": _compiled_clip()}


@lru_cache(maxsize=256)
def compiled_text(form: str, arrays: int, scalars: int, body: tuple[str, ...], cond: str) -> Callable[..., None]:
    """Compile a loop; the same code is compiled once."""
    first, frame = _FORMS[form]
    arguments = [first, *(f"a{k}" for k in range(arrays)), *(f"s{k}" for k in range(scalars))]
    text = f"def loop({', '.join(arguments)}):\n" + frame.format(
        body="\n".join("        " + b for b in body), cond=cond
    )
    import numba

    namespace = built_in()
    exec(compile(text, "<brainlearn fused loop>", "exec"), namespace)  # noqa: S102 - arithmetic from a whitelist
    compiled: Callable[..., None] = numba.njit(error_model="numpy")(namespace["loop"])
    return compiled
