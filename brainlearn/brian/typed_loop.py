"""Code of a group as a loop with NumPy's types, before it is compiled."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from brainlearn.brian.loop_text import Loop, compiled_text

FIRST = "[0]"  # after the name of an array: its first entry, a number of all units


@dataclass(frozen=True)
class TypedLoop:
    """Code of one group as a loop with NumPy's types.

    Parameters
    ----------
    form : str
        How it walks: see `loop_text`.
    loop : Loop
    condition : str
        Of a threshold, in the loop's own names.
    arrays : list of array
        Those of `loop.arrays`.
    found : list of array
        Of a threshold and a reset, the indices of units that spiked; of refractory units also ``not_refractory``,
        ``lastspike`` and the time.
    scalar : list of ast.stmt
        What Brian2 does once in a step.
    namespace : mapping
        Of the code object. Names keep their types from call to call.
    precision : numpy type, optional
        Of all numbers; default: each has its own.
    """

    form: str
    loop: Loop
    condition: str
    arrays: list[np.ndarray]
    found: list[np.ndarray]
    scalar: list[ast.stmt]
    namespace: Mapping[str, Any]
    precision: Any = None

    def compiled(self) -> Callable[[], None]:
        """Return what runs the loop."""
        loop, numbers, arrays = self.loop, self.numbers(), self.arrays
        function = compiled_text(self.form, len(arrays), len(loop.scalars), tuple(loop.body), self.condition)
        if not self.found:
            size = len(arrays[0])
            return lambda: function(size, *arrays, *numbers())
        space, *resting = self.found
        size = len(space) - 1
        if self.form == "indexed":

            def indexed() -> None:
                of_now = numbers()  # first, since it may draw
                if space[-1]:
                    function(space[: space[-1]], *arrays, *of_now)

            return indexed
        if not resting:
            return lambda: function(size, space, *arrays, *numbers())
        awake, last, time = resting
        return lambda: function(size, space, awake, last, time[0], *arrays, *numbers())

    def numbers(self) -> Callable[[], list[Any]]:
        """Return what runs the scalar code and gives the loop's numbers."""
        namespace, names, precision = self.namespace, self.loop.scalars, self.precision
        code = compile(ast.Module(self.scalar, []), "<scalar code>", "exec") if self.scalar else None
        if code is not None:
            exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102 - as Brian2's own code object does
        if precision is not None:

            def precise() -> list[Any]:
                if code is not None:
                    exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102
                return [precision(n if isinstance(n, float) else namespace[n]) for n in names]

            return precise
        numbers = [None if isinstance(name, str) else name for name in names]
        named = [(k, name) for k, name in enumerate(names) if isinstance(name, str)]
        firsts = [(k, namespace[name.removesuffix(FIRST)]) for k, name in named if name.endswith(FIRST)]
        named = [(k, name) for k, name in named if not name.endswith(FIRST)]
        whole = [(k, name) for k, name in named if isinstance(namespace[name], int)]

        def of_now() -> list[Any]:
            if code is not None:
                exec(code, namespace)  # type: ignore[arg-type]  # noqa: S102
            for k, name in named:
                numbers[k] = namespace[name]
            for k, name in whole:  # one type from call to call
                numbers[k] = float(namespace[name])
            for k, array in firsts:
                numbers[k] = array[0]
            return numbers

        return of_now
