"""The loop over steps, and in each step over parts, that calls the loops of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from brainlearn.brian.stretch.part import Part

_TEXT = """
def drive(first, steps, table, numbers, clock_step, clock_time, dt, onset_step, onset_time, onset_dt):
    for step in range(steps):
        for p in range(first, table.shape[0]):
            kind = table[p, 0]
            row = table[p, 1:]
{calls}
            if not done:
                return step * table.shape[0] + p
        first = 0
        if step < steps - 1:
            clock_step[0] += 1
            clock_time[0] = clock_step[0] * dt[0]
            onset_step[0] += 1
            onset_time[0] = onset_step[0] * onset_dt
    return -1
"""
_CALL = """
            {choice}:
                done = loop{k}(row, numbers[p]{examples})"""


class Driver:
    """Does steps of parts, one part after the other.

    Parameters
    ----------
    parts : sequence of Part
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        kinds = [(part.loop, tuple(each.dtype.str for each in part.examples)) for part in parts]
        self._kinds = tuple(dict.fromkeys(kinds))
        rows = [[self._kinds.index(kind), *part.row()] for kind, part in zip(kinds, parts, strict=True)]
        self._table = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        self._numbers = np.zeros((len(rows), max(1, *(len(part.numbers) for part in parts))))
        for k, (row, part) in enumerate(zip(rows, parts, strict=True)):
            self._table[k, : len(row)] = row
            self._numbers[k, : len(part.numbers)] = part.numbers
        self._loop = _compiled(self._kinds)

    def run(self, steps: int, times: tuple[Any, ...]) -> None:
        """Do so many steps.

        Parameters
        ----------
        steps : int
        times : tuple
            Step, time and dt of the clock, as arrays; step and time since the onset, and its dt as a number. They are
            those of the last step afterwards.
        """
        first = 0
        while (place := self._loop(first, steps, self._table, self._numbers, *times)) >= 0:
            done, first = divmod(place, len(self._parts))
            steps -= done
            part = self._parts[first]
            part.provide()
            row = part.row()
            self._table[first, 1 : 1 + len(row)] = row


@lru_cache(maxsize=64)
def _compiled(kinds: tuple[tuple[Any, tuple[str, ...]], ...]) -> Any:
    """Compile the loop for parts of some kinds; the same kinds are compiled once."""
    import numba

    namespace: dict[str, Any] = {}
    calls = ""
    for k, (loop, types) in enumerate(kinds):
        namespace[f"loop{k}"] = loop
        names = [f"example{k}_{number}" for number in range(len(types))]
        namespace |= {name: np.empty(0, dtype=each) for name, each in zip(names, types, strict=True)}
        choice = "if kind == 0" if k == 0 else "else" if k == len(kinds) - 1 else f"elif kind == {k}"
        calls += _CALL.format(k=k, choice=choice, examples="".join(f", {name}" for name in names))
    text = _TEXT.format(calls=calls.strip("\n"))
    exec(compile(text, "<brainlearn stretch>", "exec"), namespace)  # noqa: S102 - calls of the loops given, no more
    return numba.njit(nogil=True)(namespace["drive"])
