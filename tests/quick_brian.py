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

from brian2.core import base, names
from brian2.devices import device
from brian2.stateupdaters import explicit
from brian2.units.fundamentalunits import Dimension
from brian2.utils import caching
from sympy import ImmutableMatrix
from sympy.matrices.matrixbase import MatrixBase

brian_key, brian_parts, exponential = caching._hashable, explicit.split_expression, MatrixBase.exp
brian_name = names.find_name
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


def quick_name(name: str, taken: Any = None) -> str:
    """Return the name that Brian2 gives an object, which no other one has.

    Brian2's own function fails if garbage is collected while it looks at an object that nobody holds any more.
    """
    if taken is None and name.endswith("*"):
        held = [reference() for reference in set(names.Nameable.__instances__())]
        taken = {getattr(each, "_name", None) for each in held}
    return brian_name(name, taken)


@contextlib.contextmanager
def quick_brian() -> Iterator[None]:
    """Let Brian2 find keys and names by the functions above, and record no line of a script with objects made there.

    It also takes the text of each method of integration apart once, which a Runge-Kutta step needs half a second for,
    and exponentiates the matrix of each linear system once, which may take as long.
    """
    of_immutable = cache(exponential)

    def exponential_once(matrix: MatrixBase) -> MatrixBase:
        return type(matrix)(of_immutable(ImmutableMatrix(matrix)))

    with (
        patch.object(caching, "_hashable", quick_key),
        patch.object(names, "find_name", quick_name),
        patch.object(device, "find_name", quick_name),
        patch.object(base, "traceback", SimpleNamespace(extract_stack=list)),
        patch.object(explicit, "split_expression", cache(brian_parts)),
        patch.object(MatrixBase, "exp", exponential_once),
    ):
        yield
