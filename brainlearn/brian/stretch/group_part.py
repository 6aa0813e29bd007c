"""State update, threshold and reset of a group as parts of a stretch."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.variables import ArrayVariable

from brainlearn.brian.fused_code import FusedCodeObject
from brainlearn.brian.loop_text import NotElementWise
from brainlearn.brian.numpy_loop import halves
from brainlearn.brian.stretch.loop_of_text import TYPES, compiled
from brainlearn.brian.stretch.part import Part, address
from brainlearn.brian.typed_loop import FIRST, TypedLoop

BLOCK = 64  # units that a threshold looks at together: few spike, so most blocks are done with one look
_STATELESS = {name for name, function in DEFAULT_FUNCTIONS.items() if function.stateless}

_FRAMES = {
    "all": """
    for i in range(n):
        {body8}
""",
    "indexed": """
    for k in range(e0[n]):
        i = e0[k]
        {body8}
""",
    "events": """
    m = 0
    for first in range(u8(0), u8(n), u8({block})):
        end = min(first + u8({block}), u8(n))
        found = False
        for i in range(first, end):
            {body12}
            found |= {condition}
        if found:
            for i in range(first, end):
                {body16}
                if {condition}:
                    e0[m] = i
                    m += 1
                    {resting}
    e0[n] = m
""",
}
_RESTING = "e1[i], e2[i] = False, e3[0]"


def group_part(code: FusedCodeObject) -> Part:
    """Return a code object as a part.

    Raises
    ------
    NotElementWise
        If it cannot be written as a loop, or something that it does once in a step changes from step to step.
    """
    _check_scalar_code(halves(ast.parse(code.code.run).body)[0], _constants(code))
    typed = code.typed_loop()
    names = typed.loop.scalars
    firsts = [typed.namespace[n.removesuffix(FIRST)] for n in names if isinstance(n, str) and n.endswith(FIRST)]
    every = [*typed.found, *typed.arrays, *firsts]
    if any(each.dtype not in TYPES or not each.flags.c_contiguous for each in every):
        raise NotElementWise("an array of another type")
    values = typed.numbers()()
    text = _text(typed, [TYPES[each.dtype] for each in every], values)
    is_first = [isinstance(name, str) and name.endswith(FIRST) for name in names]
    numbers = tuple(float(value) for value, first in zip(values, is_first, strict=True) if not first)
    size = len(typed.found[0]) - 1 if typed.found else len(typed.arrays[0])
    return Part(compiled(text), lambda: [size, *map(address, every)], numbers)


def _constants(code: FusedCodeObject) -> set[str]:
    """Return the names of arrays that code for all units may read: of numbers that never change, and of spikes."""
    variables = {name: each for name, each in code.variables.items() if isinstance(each, ArrayVariable)}
    constant = {name for name, each in variables.items() if each.scalar and each.constant}
    return {each.device.get_array_name(each) for name, each in variables.items() if name in {*constant, "_spikespace"}}


def _check_scalar_code(statements: Sequence[ast.stmt], constants: Collection[str]) -> None:
    """Raise NotElementWise if the code for all units reads what changes, or draws random numbers."""
    for node in (each for statement in statements for each in ast.walk(statement)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name not in _STATELESS:
                raise NotElementWise(name)
            case ast.Name(id=name) if name.startswith("_array") and name not in constants:
                raise NotElementWise(name)


def _text(typed: TypedLoop, kinds: Sequence[str], values: Sequence[Any]) -> str:
    """Return the text of a loop: arrays by their addresses, then numbers, then the walk over units."""
    arrays = [*(f"e{k}" for k in range(len(typed.found))), *(f"a{k}" for k in range(len(typed.arrays)))]
    lengths = {"e0": "n + 1", "e3": "1"}
    lines = ["n = row[0]"]
    for k, (name, kind) in enumerate(zip(arrays, kinds, strict=False)):
        lines.append(f"{name} = carray(pointer(row[{k + 1}]), {lengths.get(name, 'n')}, {kind})")
    firsts, plain = len(arrays), 0
    for k, scalar in enumerate(typed.loop.scalars):
        if isinstance(scalar, str) and scalar.endswith(FIRST):
            lines.append(f"s{k} = carray(pointer(row[{firsts + 1}]), 1, {kinds[firsts]})[0]")
            firsts += 1
        else:
            number = f"numbers[{plain}]"
            lines.append(f"s{k} = f4({number})" if isinstance(values[k], np.float32) else f"s{k} = {number}")
            plain += 1
    bodies = {f"body{depth}": ("\n" + " " * depth).join(typed.loop.body) for depth in (8, 12, 16)}
    walk = _FRAMES["events" if typed.form == "resting" else typed.form].format(
        **bodies, condition=typed.condition, block=BLOCK, resting=_RESTING if typed.form == "resting" else "pass"
    )
    return "def loop(row, numbers):\n    " + "\n    ".join(lines) + walk + "    return True\n"
