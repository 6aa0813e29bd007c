"""What a step does with spikes beside carrying them along synapses, as loops that are told addresses.

They do what the objects do that `parts` belongs to. Import it where it is needed: it imports Numba.
"""

# Pointers mean something to Numba alone.
# mypy: ignore-errors

from __future__ import annotations

import numba
import numpy as np
from numba import types

from brainlearn.brian.pointers import pointer


@numba.njit(nogil=True, cache=True)
def count(row, numbers, found_type):
    """Add 1 to every unit that spiked; `row`: the units that spiked, the counts, how many units there are."""
    n = row[2]
    space = numba.carray(pointer(row[0]), n + 1, types.int32)
    found = numba.carray(pointer(row[1]), n, found_type.dtype)
    for k in range(space[n]):
        found[space[k]] += 1
    return True


@numba.njit(nogil=True, cache=True)
def drive(row, numbers, target_type):
    """Add what spikes from outside bring; False if no more steps are drawn.

    `row`: addresses of the units that hear a spike, of the ends of steps among them, of the step, of the variable and
    of where it is open; then the lengths of all but the step.
    """
    n_heard, steps, n, n_open = row[5], row[6], row[7], row[8]
    place = numba.carray(pointer(row[2]), 1, types.int64)
    if place[0] == steps:
        return False
    heard = numba.carray(pointer(row[0]), n_heard, types.int64)
    ends = numba.carray(pointer(row[1]), steps + 1, types.int64)
    target = numba.carray(pointer(row[3]), n, target_type.dtype)
    is_open = numba.carray(pointer(row[4]), n_open, types.boolean)
    weight = numbers[0]  # of the variable's precision: the sum in double precision rounds to the same
    first, end = ends[place[0]], ends[place[0] + 1]
    place[0] += 1
    if n_open != n:
        for k in range(first, end):
            target[np.uint64(heard[k])] += weight
    else:
        for k in range(first, end):
            if is_open[heard[k]]:
                target[heard[k]] += weight
    return True


@numba.njit(nogil=True, cache=True)
def record(row, numbers):
    """Note the spikes of a step; False if there is no room.

    `row`: addresses of the units that spiked, of the step and of the number of spikes noted (one array), of their steps
    and of their units; then how many units there are, and how much room.
    """
    n, room = row[4], row[5]
    space = numba.carray(pointer(row[0]), n + 1, types.int32)
    place = numba.carray(pointer(row[1]), 2, types.int64)
    if place[1] + space[n] > room:
        return False
    steps = numba.carray(pointer(row[2]), room, types.int64)
    units = numba.carray(pointer(row[3]), room, types.int32)
    noted = place[1]
    for k in range(space[n]):
        steps[noted + k] = place[0]
        units[noted + k] = space[k]
    place[0] += 1
    place[1] = noted + space[n]
    return True


@numba.njit(nogil=True, cache=True)
def carry_rows(row, numbers, weight_type):
    """Take in the spikes of a step, and add the weights of those that arrive; False if there is no room.

    `row`: addresses of the units that spiked, of the four arrays of `RowLine`, and of those of `Rows`, the target last;
    then the number of source units in all copies, the room, the steps, and source and target units of one copy.
    """
    n_neurons, room, steps, n_pre, n_post = row[9], row[10], row[11], row[12], row[13]
    space = numba.carray(pointer(row[0]), n_neurons + 1, types.int32)
    held = numba.carray(pointer(row[1]), room, types.int32)
    lengths = numba.carray(pointer(row[2]), steps, types.int64)
    place = numba.carray(pointer(row[3]), 3, types.int64)
    sent, first = space[n_neurons], place[0]
    arriving = held
    number = np.int64(sent)
    if steps == 0:
        arriving, first = space, np.int64(0)
    elif place[1] + sent > room:
        return False
    else:
        turn = place[2]
        number = lengths[turn]
        for k in range(sent):
            held[place[1] + k] = space[k]
        lengths[turn] = sent
        place[0] += number
        place[1] += sent
        place[2] = turn + 1 if turn + 1 < steps else 0
    if number == 0:
        return True
    scale = numba.carray(pointer(row[4]), 1, weight_type.dtype)[0]
    starts = numba.carray(pointer(row[5]), n_pre + 1, types.int64)
    posts = numba.carray(pointer(row[6]), starts[n_pre], types.int32)
    weights = numba.carray(pointer(row[7]), starts[n_pre], weight_type.dtype)
    target = numba.carray(pointer(row[8]), (n_neurons // n_pre, n_post), weight_type.dtype)
    for k in range(first, first + number):
        copy = arriving[k] // n_pre
        unit = arriving[k] - copy * n_pre
        reached = target[copy]
        for s in range(np.uint64(starts[unit]), np.uint64(starts[unit + 1])):
            reached[np.uint32(posts[s])] += scale * weights[s]
    return True
