"""Compiled inner loops that carry spikes through a weight matrix shared by all copies.

Each loop adds the rows of the neurons that spiked to the rows of their own copy, in the order of the spikes: the
same additions in the same order as `brian2.Synapses`, so that spike trains agree to the last bit.
"""

from __future__ import annotations

import numpy as np

from brainlearn.compiled_loop import compiled_loop


@compiled_loop(nogil=True)
def add_rows(spikes, weights, scale, target):  # type: ignore[no-untyped-def]
    """Add ``scale * weights[unit]`` to ``target[copy]`` for every spike.

    Parameters
    ----------
    spikes : (spike,) int array
        Ascending indices ``copy * pre + unit``.
    weights : (pre, post) array
    scale : float
    target : (copy, post) array
        Changed in place.
    """
    n_pre, n_post = weights.shape
    n = spikes.shape[0]
    k = 0
    while k < n:
        copy = spikes[k] // n_pre
        first = copy * n_pre
        row = target[copy]
        if k + 3 < n and spikes[k + 3] < first + n_pre:  # four rows per pass: the target row is read once
            a = weights[spikes[k] - first]
            b = weights[spikes[k + 1] - first]
            c = weights[spikes[k + 2] - first]
            d = weights[spikes[k + 3] - first]
            for j in range(n_post):
                row[j] = (((row[j] + scale * a[j]) + scale * b[j]) + scale * c[j]) + scale * d[j]
            k += 4
        else:
            a = weights[spikes[k] - first]
            for j in range(n_post):
                row[j] += scale * a[j]
            k += 1


@compiled_loop(nogil=True)
def add_scaled_rows(spikes, weights, scales, target):  # type: ignore[no-untyped-def]
    """Like `add_rows` with its own factor for each spike (``scales`` of shape (spike,))."""
    n_pre, n_post = weights.shape
    n = spikes.shape[0]
    k = 0
    while k < n:
        copy = spikes[k] // n_pre
        first = copy * n_pre
        row = target[copy]
        if k + 3 < n and spikes[k + 3] < first + n_pre:
            a = weights[spikes[k] - first]
            b = weights[spikes[k + 1] - first]
            c = weights[spikes[k + 2] - first]
            d = weights[spikes[k + 3] - first]
            p, q, r, s = scales[k], scales[k + 1], scales[k + 2], scales[k + 3]
            for j in range(n_post):
                row[j] = (((row[j] + p * a[j]) + q * b[j]) + r * c[j]) + s * d[j]
            k += 4
        else:
            a = weights[spikes[k] - first]
            p = scales[k]
            for j in range(n_post):
                row[j] += p * a[j]
            k += 1


@compiled_loop(nogil=True)
def add_sparse_rows(spikes, weights, starts, posts, scales, target):  # type: ignore[no-untyped-def]
    """Like `add_scaled_rows` for a sparse mask: row ``u`` reaches ``posts[starts[u]:starts[u + 1]]`` only."""
    n_pre = weights.shape[0]
    for k in range(spikes.shape[0]):
        copy = spikes[k] // n_pre
        unit = spikes[k] - copy * n_pre
        scale = scales[k]
        for m in range(starts[unit], starts[unit + 1]):
            j = posts[m]
            target[copy, j] += scale * weights[unit, j]


@compiled_loop(nogil=True)
def add_listed(spikes, starts, posts, weights, scales, target):  # type: ignore[no-untyped-def]
    """Like `add_sparse_rows` for weights that are listed by synapse: (synapse,), as in `Rows`."""
    n_pre = starts.shape[0] - 1
    for k in range(spikes.shape[0]):
        copy = spikes[k] // n_pre
        unit = spikes[k] - copy * n_pre
        row, scale = target[copy], scales[k]
        for s in range(starts[unit], starts[unit + 1]):
            row[posts[s]] += scale * weights[s]


@compiled_loop(nogil=True)
def sum_listed(values, starts, posts, weights, target):  # type: ignore[no-untyped-def]
    """Set ``target`` (copy, post) to the sums of ``values`` (copy, pre) over synapses, times their weights."""
    for copy in range(values.shape[0]):
        row = target[copy]
        row[:] = 0
        for unit in range(values.shape[1]):
            value = values[copy, unit]
            if value != 0:
                for s in range(starts[unit], starts[unit + 1]):
                    row[posts[s]] += value * weights[s]


@compiled_loop(nogil=True)
def sum_late(past, place, delays, starts, posts, weights, target):  # type: ignore[no-untyped-def]
    """Like `sum_listed`, of what each synapse was sent as many steps ago as its delay is long.

    Parameters
    ----------
    past : (step, copy, pre) array
        A ring of values, of which that of this step is at `place`.
    place : int
    delays, starts, posts, weights, target : array
        As in `Rows`, and (copy, post).
    """
    for copy in range(past.shape[1]):
        row = target[copy]
        row[:] = 0
        for unit in range(past.shape[2]):
            for s in range(starts[unit], starts[unit + 1]):
                step = place - np.int64(delays[s])
                row[posts[s]] += past[step if step >= 0 else step + past.shape[0], copy, unit] * weights[s]


@compiled_loop(nogil=True)
def carry(now, sent, flights, count, factors, starts, posts, weights, delays, targets):  # type: ignore[no-untyped-def]
    """Store the spikes of this step, and deliver what arrives in it along every row with a spike in transit.

    A row is in the order of its delays, so what is left of it begins at one place, which moves on.

    Parameters
    ----------
    now : int
        This step.
    sent : (spike,) int array
        Indices ``copy * pre + unit`` of the units that spiked in it.
    flights : (3, spike) array of int64
        Indices ``copy * pre + unit`` in the order of sending, the next synapse of each, and the step of sending.
        Changed in place: spikes that have reached all their synapses are taken out.
    count : int
        How many there are, without those that are sent now, for which there is room.
    factors : (statement, spike) array
        What multiplies the weight; goes with `flights`, and holds those of `sent` already.
    starts, posts, weights, delays : array
        As in `Rows`.
    targets : tuple of (copy, post) arrays
        For every statement. Changed in place.

    Returns
    -------
    int
        How many spikes are still in transit.
    """
    n_pre = starts.shape[0] - 1
    for k in range(sent.shape[0]):
        flights[0, count + k], flights[1, count + k], flights[2, count + k] = sent[k], starts[sent[k] % n_pre], now
    count += sent.shape[0]
    left = 0
    for k in range(count):
        copy = flights[0, k] // n_pre
        unit = flights[0, k] - copy * n_pre
        first, end, age = flights[1, k], starts[unit + 1], now - flights[2, k]
        s = first
        while s < end and delays[s] == age:
            s += 1
        if s > first:
            for n in range(len(targets)):
                row, factor = targets[n][copy], factors[n, k]
                for m in range(first, s):
                    row[posts[m]] += factor * weights[m]
        if s < end:
            flights[0, left], flights[1, left], flights[2, left] = flights[0, k], s, flights[2, k]
            for n in range(factors.shape[0]):
                factors[n, left] = factors[n, k]
            left += 1
    return left


@compiled_loop(nogil=True)
def count_spikes(spikespace, count):  # type: ignore[no-untyped-def]
    """Add 1 to ``count`` (neuron,) for every spike; the last entry of ``spikespace`` says how many there are."""
    for k in range(spikespace[-1]):
        count[spikespace[k]] += 1


def compressed_rows(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where each row starts, and the columns of its synapses, for a (pre, post) bool `mask`."""
    starts = np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int64)
    return starts, np.nonzero(mask)[1].astype(np.int32)
