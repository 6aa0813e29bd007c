"""Compiled inner loops that carry spikes through kernels, which all places of a sheet share.

Channels of the target are the innermost axis here, so that one window element is one addition of vectors. Every unit is
added to in the order of the spikes, as in `delivery`.
"""

from __future__ import annotations

import numpy as np

from brainlearn.compiled_loop import compiled_loop


@compiled_loop(nogil=True)
def add_kernels(spikes, weights, starts, ends, elements, scales, target):  # type: ignore[no-untyped-def]
    """Add the effect of each spike, times its scale, to the places that see it, in its copy.

    Parameters
    ----------
    spikes : (spike,) int array
        Ascending indices ``copy * pre + unit``.
    weights : (pre channel, element, post channel) array
    starts, ends, elements : array
        As in `Ways`.
    scales : (spike,) array
    target : (copy, post channel, post place) array
        Changed in place.
    """
    places = starts.shape[0] - 1
    n_pre = weights.shape[0] * places
    by_place = np.empty((target.shape[2], target.shape[1]), dtype=target.dtype)
    n = spikes.shape[0]
    k = 0
    while k < n:
        copy = spikes[k] // n_pre
        by_place[:] = target[copy].T
        while k < n and spikes[k] // n_pre == copy:
            unit = spikes[k] - copy * n_pre
            channel = unit // places
            place, scale = unit - channel * places, scales[k]
            for s in range(starts[place], starts[place + 1]):
                row, added = by_place[ends[s]], weights[channel, elements[s]]
                for j in range(row.shape[0]):
                    row[j] += scale * added[j]
            k += 1
        target[copy] = by_place.T


@compiled_loop(nogil=True)
def sum_kernels(values, weights, starts, ends, elements, target):  # type: ignore[no-untyped-def]
    """Set ``target`` to the sums of ``values`` (copy, pre) over synapses, times their weights; see `add_kernels`."""
    places = starts.shape[0] - 1
    by_place = np.empty((target.shape[2], target.shape[1]), dtype=target.dtype)
    for copy in range(values.shape[0]):
        by_place[:] = 0
        for channel in range(weights.shape[0]):
            for place in range(places):
                value = values[copy, channel * places + place]
                if value != 0:
                    for s in range(starts[place], starts[place + 1]):
                        row, added = by_place[ends[s]], weights[channel, elements[s]]
                        for j in range(row.shape[0]):
                            row[j] += value * added[j]
        target[copy] = by_place.T


@compiled_loop(nogil=True)
def add_apart(spikes, weight, starts, ends, scales, target):  # type: ignore[no-untyped-def]
    """Like `add_kernels` for channels that stay apart, by one weight; ``target`` is (copy, channel, place)."""
    places = starts.shape[0] - 1
    n_pre = target.shape[1] * places
    for k in range(spikes.shape[0]):
        copy = spikes[k] // n_pre
        unit = spikes[k] - copy * n_pre
        channel = unit // places
        place, row = unit - channel * places, target[copy, channel]
        for s in range(starts[place], starts[place + 1]):
            row[ends[s]] += scales[k] * weight


@compiled_loop(nogil=True)
def sum_apart(values, weight, starts, ends, target):  # type: ignore[no-untyped-def]
    """Like `sum_kernels` for channels that stay apart, by one weight; ``target`` is (copy, channel, place)."""
    places = starts.shape[0] - 1
    for copy in range(values.shape[0]):
        for channel in range(target.shape[1]):
            row = target[copy, channel]
            row[:] = 0
            for place in range(places):
                value = values[copy, channel * places + place] * weight
                if value != 0:
                    for s in range(starts[place], starts[place + 1]):
                        row[ends[s]] += value
