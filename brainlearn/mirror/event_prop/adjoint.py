"""The way back through spike times: EventProp, from one event to the one before."""

from __future__ import annotations

import numpy as np

from brainlearn.compiled_loop import compiled_loop


@compiled_loop(nogil=True)
def go_back(  # type: ignore[no-untyped-def]
    arrivals, order, pres, weights, membrane, synapse, threshold, end, spikes, currents, counts,
    of_spikes, to_times, to_weights, to_delays,
):  # fmt: skip
    """Carry the derivatives of a loss back from a layer's spikes to all that they depend on.

    The adjoint variables are the derivatives of the loss by v and by the current. Between events they follow the
    adjoint equations, here by their solution (Wunderlich & Pehle 2021, Scientific Reports 11:12829). Where the unit
    spikes, its membrane is on the threshold: a larger v means a spike that is earlier by 1/(dv/dt), and a unit that was
    reset earlier. Where a spike arrives, the current jumps, which gives the gradients of weight and arrival; a
    delay moves the arrival as the presynaptic spike does (Mészáros, Knight & Nowotny 2025, arXiv 2501.07331).

    Parameters
    ----------
    arrivals, order, pres, weights, membrane, synapse, threshold, end, spikes, currents, counts
        As in `find_spikes`.
    of_spikes : (copy, post, most) array
        Derivative of the loss by the time of every spike.
    to_times : (copy, event) array
    to_weights, to_delays : (pre, post) array
        The derivatives are added here.
    """
    share = synapse / (synapse - membrane)
    for c in range(arrivals.shape[0]):
        for j in range(weights.shape[1]):
            place, spike = len(pres) - 1, counts[c, j] - 1
            while place >= 0 and arrivals[c, j, order[c, j, place]] >= end:
                place -= 1
            by_v, by_current, now = 0.0, 0.0, end
            while place >= 0 or spike >= 0:
                k = order[c, j, max(place, 0)]
                own = spike >= 0 and (place < 0 or spikes[c, j, spike] > arrivals[c, j, k])
                before = spikes[c, j, spike] if own else arrivals[c, j, k]
                slow, fast = np.exp(-(now - before) / membrane), np.exp(-(now - before) / synapse)
                by_v, by_current = slow * by_v, fast * by_current + share * (fast - slow) * by_v
                now = before
                if own:
                    current = currents[c, j, spike]
                    by_v = (current * by_v - membrane * of_spikes[c, j, spike]) / (current - threshold)
                    spike -= 1
                else:
                    arrive = weights[pres[k], j] * (by_current / synapse - by_v / membrane)
                    to_weights[pres[k], j] += by_current
                    to_times[c, k] += arrive
                    to_delays[pres[k], j] += arrive
                    place -= 1
