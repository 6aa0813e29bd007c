"""One compiled loop that carries the spikes of many projections: what `carry` of `delivery.py` does for one of them.

A circuit of many small populations takes most of its time between loops. This one is told by addresses where the
arrays of each projection are, since Numba would unwrap hundreds of arrays at every call. It does not call `carry`, for
Numba's cache on disk sees no change of another file; `tests/brian/test_joint_delivery.py` holds both to the same bits.
Import it where it is needed: it imports Numba.
"""

# Pointers and intrinsics mean something to Numba alone.
# mypy: ignore-errors

from __future__ import annotations

import numba
import numpy as np
from numba import types

from brainlearn.brian.pointers import pointer

# Columns of the table: addresses, and from ROOM on numbers.
SPACE, STARTS, POSTS, WEIGHTS, DELAYS, TARGET, FLIGHTS, FACTORS, PLACE, ROOM, NEURONS, PRE, POST = range(13)


@numba.njit(nogil=True, cache=True)
def carry_one(row, numbers, weight_type, delay_type):
    """Do a step of one projection.

    Parameters
    ----------
    row : (field,) array of int64
        Where its arrays are, and how large.
    numbers : (1,) array of float64
        What multiplies the weights.
    weight_type, delay_type : array
        Of the types of weights, targets and factors, and of delays.

    Returns
    -------
    bool
        False if there is no room for the spikes of this step; then nothing was done.
    """
    n_neurons, n_pre, n_post, room = row[NEURONS], row[PRE], row[POST], row[ROOM]
    place = numba.carray(pointer(row[PLACE]), 2, types.int64)
    space = numba.carray(pointer(row[SPACE]), n_neurons + 1, types.int32)
    if place[0] + space[n_neurons] > room:
        return False
    flights = numba.carray(pointer(row[FLIGHTS]), (3, room), types.int64)
    factors = numba.carray(pointer(row[FACTORS]), room, weight_type.dtype)
    place[1] += 1
    now, count = place[1], place[0]
    starts = numba.carray(pointer(row[STARTS]), n_pre + 1, types.int64)
    for k in range(space[n_neurons]):
        flights[0, count] = space[k]
        flights[1, count] = starts[space[k] % n_pre]
        flights[2, count] = now
        factors[count] = numbers[0]
        count += 1
    if count == 0:
        return True
    n_synapses = starts[n_pre]
    posts = numba.carray(pointer(row[POSTS]), n_synapses, types.int32)
    weights = numba.carray(pointer(row[WEIGHTS]), n_synapses, weight_type.dtype)
    delays = numba.carray(pointer(row[DELAYS]), n_synapses, delay_type.dtype)
    copies = n_neurons // n_pre
    target = numba.carray(pointer(row[TARGET]), (copies, n_post), weight_type.dtype)
    left = 0
    for k in range(count):
        copy = 0 if copies == 1 else flights[0, k] // n_pre
        unit = flights[0, k] - copy * n_pre
        # unsigned places: Numba looks at others whether they count from the end
        s, end, age = np.uint64(flights[1, k]), np.uint64(starts[unit + 1]), now - flights[2, k]
        factor = factors[k]
        while s < end and delays[s] == age:
            target[copy, np.uint32(posts[s])] += factor * weights[s]
            s += np.uint64(1)
        if s < end:
            flights[0, left], flights[1, left], flights[2, left] = flights[0, k], s, flights[2, k]
            factors[left] = factor
            left += 1
    place[0] = left
    return True


@numba.njit(nogil=True, cache=True)
def deliver(table, scales, first, weight_type, delay_type):
    """Do a step of every projection from `first` on, one after the other.

    Parameters
    ----------
    table : (projection, field) array of int64
        As `carry_one` takes them.
    scales : (projection, 1) array of float64
    first : int
    weight_type, delay_type : array

    Returns
    -------
    int
        The first projection that has no room for the spikes of this step: those before it are done. -1 after the last.
    """
    for p in range(first, table.shape[0]):
        if not carry_one(table[p], scales[p], weight_type, delay_type):
            return p
    return -1
