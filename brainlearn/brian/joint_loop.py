"""One compiled loop that carries the spikes of many projections: what `carry` of `delivery.py` does for one of them.

A circuit of many small populations takes most of its time between loops. This one is told by addresses where the
arrays of each projection are, since Numba would unwrap hundreds of arrays at every call. It does not call `carry`, for
Numba's cache on disk sees no change of another file; `tests/brian/test_joint_delivery.py` holds both to the same bits.
Import it where it is needed: it imports Numba.
"""

# Pointers and intrinsics mean something to Numba alone.
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import numba
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# Columns of the table: addresses, and from ROOM on numbers.
SPACE, STARTS, POSTS, WEIGHTS, DELAYS, TARGET, FLIGHTS, FACTORS, PLACE, ROOM, NEURONS, PRE, POST = range(13)


@intrinsic
def _pointer(typingctx: Any, address: Any) -> Any:
    """Return an address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@numba.njit(nogil=True, cache=True)
def deliver(table, scales, weight_type, delay_type):  # type: ignore[no-untyped-def]
    """Do a step of every projection, one after the other.

    Parameters
    ----------
    table : (projection, field) array of int64
        Where the arrays of each are, and how large.
    scales : (projection,) array
        What multiplies the weights.
    weight_type, delay_type : array
        Of the types of weights, targets and factors, and of delays.

    Returns
    -------
    int
        The first projection that has no room for the spikes of this step; then nothing was done. -1 otherwise.
    """
    for p in range(table.shape[0]):
        row = table[p]
        place = numba.carray(_pointer(row[PLACE]), 2, types.int64)
        space = numba.carray(_pointer(row[SPACE]), row[NEURONS] + 1, types.int32)
        if place[0] + space[row[NEURONS]] > row[ROOM]:
            return p
    for p in range(table.shape[0]):
        row = table[p]
        n_neurons, n_pre, n_post, room = row[NEURONS], row[PRE], row[POST], row[ROOM]
        place = numba.carray(_pointer(row[PLACE]), 2, types.int64)
        space = numba.carray(_pointer(row[SPACE]), n_neurons + 1, types.int32)
        flights = numba.carray(_pointer(row[FLIGHTS]), (3, room), types.int64)
        factors = numba.carray(_pointer(row[FACTORS]), room, weight_type.dtype)
        place[1] += 1
        now, count = place[1], place[0]
        starts = numba.carray(_pointer(row[STARTS]), n_pre + 1, types.int64)
        for k in range(space[n_neurons]):
            flights[0, count] = space[k]
            flights[1, count] = starts[space[k] % n_pre]
            flights[2, count] = now
            factors[count] = scales[p]
            count += 1
        if count == 0:
            continue
        n_synapses = starts[n_pre]
        posts = numba.carray(_pointer(row[POSTS]), n_synapses, types.int32)
        weights = numba.carray(_pointer(row[WEIGHTS]), n_synapses, weight_type.dtype)
        delays = numba.carray(_pointer(row[DELAYS]), n_synapses, delay_type.dtype)
        copies = n_neurons // n_pre
        target = numba.carray(_pointer(row[TARGET]), (copies, n_post), weight_type.dtype)
        left = 0
        for k in range(count):
            copy = flights[0, k] // n_pre
            unit = flights[0, k] - copy * n_pre
            first, end, age = flights[1, k], starts[unit + 1], now - flights[2, k]
            s, factor = first, factors[k]
            while s < end and delays[s] == age:
                target[copy, posts[s]] += factor * weights[s]
                s += 1
            if s < end:
                flights[0, left], flights[1, left], flights[2, left] = flights[0, k], s, flights[2, k]
                factors[left] = factor
                left += 1
        place[0] = left
    return -1
