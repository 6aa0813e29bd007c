"""What a step does with spikes beside carrying them along synapses, as loops that receive addresses.

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

    `row`: addresses of units that receive a spike, of the ends of steps among them, of the step, of the variable and
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


# What `RowLine` tells: addresses of the units that spiked, of its arrays and of the target; how many source units there
# are in all copies, the room, the steps, source and target units of one copy; then addresses of the synapses.
SPACE, HELD, LENGTHS, PLACE, FACTOR, TARGET, NEURONS, ROOM, STEPS, PRE, POST, WEIGHTS, STARTS, POSTS = range(14)


@numba.njit(nogil=True, cache=True)
def take_in(row):
    """Take in the spikes of a step; return where those that arrive begin in the line, and how many; -1 without room."""
    held = numba.carray(pointer(row[HELD]), row[ROOM], types.int32)
    lengths = numba.carray(pointer(row[LENGTHS]), row[STEPS], types.int64)
    place = numba.carray(pointer(row[PLACE]), 3, types.int64)
    space = numba.carray(pointer(row[SPACE]), row[NEURONS] + 1, types.int32)
    sent, first = space[row[NEURONS]], place[0]
    if row[STEPS] == 0:
        return 0, np.int64(sent)
    if place[1] + sent > row[ROOM]:
        return 0, -1
    turn = place[2]
    number = lengths[turn]
    for k in range(sent):
        held[place[1] + k] = space[k]
    lengths[turn] = sent
    place[0] += number
    place[1] += sent
    place[2] = turn + 1 if turn + 1 < row[STEPS] else 0
    return first, number


@numba.njit(nogil=True, cache=True)
def carry_rows(row, numbers, weight_type):
    """Take in the spikes of a step, and add the listed weights of those that arrive; False if there is no room."""
    first, number = take_in(row)
    if number <= 0:
        return number == 0
    n_pre, n_post = row[PRE], row[POST]
    arriving = numba.carray(pointer(row[HELD if row[STEPS] else SPACE]), first + number, types.int32)
    scale = numba.carray(pointer(row[FACTOR]), 1, weight_type.dtype)[0]
    starts = numba.carray(pointer(row[STARTS]), n_pre + 1, types.int64)
    posts = numba.carray(pointer(row[POSTS]), starts[n_pre], types.int32)
    weights = numba.carray(pointer(row[WEIGHTS]), starts[n_pre], weight_type.dtype)
    target = numba.carray(pointer(row[TARGET]), (row[NEURONS] // n_pre, n_post), weight_type.dtype)
    for k in range(first, first + number):
        copy = arriving[k] // n_pre
        unit = arriving[k] - copy * n_pre
        reached = target[copy]
        for s in range(np.uint64(starts[unit]), np.uint64(starts[unit + 1])):
            reached[np.uint32(posts[s])] += scale * weights[s]
    return True


@numba.njit(nogil=True, cache=True)
def carry_matrix(row, numbers, weight_type):
    """Take in the spikes of a step, and add the rows of the matrix of those that arrive; False if there is no room."""
    first, number = take_in(row)
    if number <= 0:
        return number == 0
    n_pre, n_post = row[PRE], row[POST]
    arriving = numba.carray(pointer(row[HELD if row[STEPS] else SPACE]), first + number, types.int32)
    scale = numba.carray(pointer(row[FACTOR]), 1, weight_type.dtype)[0]
    weights = numba.carray(pointer(row[WEIGHTS]), (n_pre, n_post), weight_type.dtype)
    target = numba.carray(pointer(row[TARGET]), (row[NEURONS] // n_pre, n_post), weight_type.dtype)
    for k in range(first, first + number):
        copy = arriving[k] // n_pre
        reached, brought = target[copy], weights[arriving[k] - copy * n_pre]
        for j in range(n_post):
            reached[j] += scale * brought[j]
    return True
