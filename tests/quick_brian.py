"""Brian2 as quick as tests need it: they build thousands of small networks, each of a few milliseconds of activity.

What is left out tells users of Brian2 where they made an object; what is replaced returns the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, SimpleNamespace
from typing import Any
from unittest.mock import patch

from brian2.core import base
from brian2.stateupdaters import explicit
from brian2.units.fundamentalunits import Dimension
from brian2.utils import caching
from sympy import ImmutableMatrix
from sympy.matrices.matrixbase import MatrixBase

brian_key, brian_parts, exponential = caching._hashable, explicit.split_expression, MatrixBase.exp
PLAIN = frozenset({bool, bytes, Dimension, float, int, NoneType, str})  # keys themselves


def quick_key(value: Any) -> Any:
    """Return the key under which Brian2 keeps what it found for a value; each object is asked once for its state.

    Brian2's own function asks twice, and asks strings and numbers too: an eighth of the time of a small simulation.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if issubclass(kind, caching.CacheKey):
        return tuple([quick_key(each) for each in value._state_tuple])
    if issubclass(kind, tuple | list):
        return tuple([quick_key(each) for each in value])
    if issubclass(kind, Mapping) and not hasattr(kind, "_state_tuple"):
        return frozenset([(quick_key(key), quick_key(each)) for key, each in value.items()])
    return brian_key(value)


@contextlib.contextmanager
def quick_brian() -> Iterator[None]:
    """Let Brian2 find its keys by `quick_key`, and record no line of a script with the objects made there.

    It also takes the text of each method of integration apart once, which a Runge-Kutta step needs half a second for,
    and exponentiates the matrix of each linear system once, which may take as long.
    """
    of_immutable = cache(exponential)

    def exponential_once(matrix: MatrixBase) -> MatrixBase:
        return type(matrix)(of_immutable(ImmutableMatrix(matrix)))

    with (
        patch.object(caching, "_hashable", quick_key),
        patch.object(base, "traceback", SimpleNamespace(extract_stack=list)),
        patch.object(explicit, "split_expression", cache(brian_parts)),
        patch.object(MatrixBase, "exp", exponential_once),
    ):
        yield
