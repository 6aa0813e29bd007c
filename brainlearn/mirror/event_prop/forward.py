"""When leaky integrate-and-fire units spike in continuous time, from the spikes that arrive there."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from brainlearn.compiled_loop import compiled_loop

MOST_ITERATIONS = 100  # of Newton's method, which needs about five, and of bisection, which helps out


@compiled_loop(nogil=True)
def find_spikes(  # type: ignore[no-untyped-def]
    arrivals, order, pres, weights, membrane, synapse, threshold, end, spikes, currents, counts
):
    """Follow every unit from one arriving spike to the next, and solve for the times at which it spikes itself.

    Parameters
    ----------
    arrivals, order : (copy, post, event) array
        When presynaptic spikes arrive [s], infinite where there is none; and which is the first, the second, ...
    pres : (event,) array of int
        Who sends them.
    weights : (pre, post) array
    membrane, synapse : float
        Time constants [s], not equal.
    threshold, end : float
        Of v, and of the presentation [s].
    spikes, currents : (copy, post, most) array
        Filled in: times of the first spikes [s], and the current then.
    counts : (copy, post) array of int
        Filled in: the number of all spikes, which may be greater than `most`.
    """
    for c in range(arrivals.shape[0]):
        for j in range(weights.shape[1]):
            own = arrivals[c, j], order[c, j], pres, weights[:, j]
            counts[c, j] = _follow(own, membrane, synapse, threshold, end, spikes[c, j], currents[c, j])


@register_jitable
def _follow(own, membrane, synapse, threshold, end, spikes, currents):  # type: ignore[no-untyped-def]
    """Follow one unit; return how often it spikes."""
    arrivals, order, pres, weights = own
    share = synapse / (synapse - membrane)
    v, current, now, count = 0.0, 0.0, 0.0, 0
    for place in range(len(order) + 1):
        until = end if place == len(order) else min(arrivals[order[place]], end)
        waited = _wait(v, current, until - now, membrane, synapse, threshold)
        while waited >= 0:
            now += waited
            v, current = 0.0, current * np.exp(-waited / synapse)
            if count < len(spikes):
                spikes[count], currents[count] = now, current
            count += 1
            waited = _wait(v, current, until - now, membrane, synapse, threshold)
        slow, fast = np.exp(-(until - now) / membrane), np.exp(-(until - now) / synapse)
        v, current, now = slow * v + share * (fast - slow) * current, fast * current, until
        if until >= end:
            break
        current += weights[pres[order[place]]]
    return count


@register_jitable
def _wait(v, current, reach, membrane, synapse, threshold):  # type: ignore[no-untyped-def]
    """Return how long it takes to the threshold; -1 if that is not within reach.

    With ``membrane*dv/dt = current - v`` and ``synapse*dcurrent/dt = -current``, v is ``a*exp(-t/membrane) +
    b*exp(-t/synapse)`` until the next event: it has one maximum, and reaches the threshold before that or not at all.
    """
    if current <= threshold:
        return -1.0
    b = current * synapse / (synapse - membrane)
    a = v - b
    peak = np.log(-b * membrane / (a * synapse)) / (1 / synapse - 1 / membrane)
    low, high = 0.0, min(reach, peak)
    if a * np.exp(-high / membrane) + b * np.exp(-high / synapse) < threshold:
        return -1.0
    x = 0.5 * high
    for _ in range(MOST_ITERATIONS):
        slow, fast = a * np.exp(-x / membrane), b * np.exp(-x / synapse)
        above, slope = slow + fast - threshold, -slow / membrane - fast / synapse
        low, high = (x, high) if above < 0 else (low, x)
        after = x - above / slope if slope > 0 else low
        if not low < after < high:
            after = 0.5 * (low + high)
        moved, x = abs(after - x), after
        if moved <= 1e-15 * membrane:
            break
    return x
