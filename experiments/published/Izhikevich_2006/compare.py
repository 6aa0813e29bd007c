"""Izhikevich 2006: 1,000 units with delays of 1 to 20 ms, before learning, compared with the steps of the program.

Run from the root of the project::

    python -m experiments.published.Izhikevich_2006.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import rates_and_variation, spikes_of

CIRCUIT = "circuits/published/Izhikevich_2006.toml"
BEGIN, END = 0.5, 5.5  # s
SIZES = {"E": 800, "I": 200}
UNITS, SYNAPSES, DELAYS = 1000, 100, 20


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed)
    return rates_and_variation({name: spikes_of(tree, f"cortex/{name}") for name in SIZES}, SIZES, BEGIN, END)


def stock(seed: int) -> Measured:
    """Do the same in NumPy: five synapses of an excitatory unit for each delay, one unit driven in each step."""
    rng = np.random.default_rng(seed)
    excitatory, inhibitory = np.arange(SIZES["E"]), np.arange(SIZES["E"], UNITS)
    posts = [rng.choice(np.delete(np.arange(UNITS), unit), SYNAPSES, replace=False) for unit in excitatory]
    posts += [rng.choice(excitatory, SYNAPSES, replace=False) for _ in inhibitory]
    delays = [np.repeat(np.arange(1, DELAYS + 1), SYNAPSES // DELAYS)] * len(excitatory)
    delays += [np.ones(SYNAPSES, dtype=int)] * len(inhibitory)
    drive = (20.0 * (np.arange(UNITS) == rng.integers(UNITS)) for _ in range(round(1e3 * END)))
    v = -65 + 10 * rng.random(UNITS)
    times, units = in_numpy(posts, delays, v, 0.2 * v, drive)
    first = units < SIZES["E"]
    spikes = {"E": (times[first], units[first]), "I": (times[~first], units[~first] - SIZES["E"])}
    return rates_and_variation(spikes, SIZES, BEGIN, END)


def in_numpy(posts, delays, v, u, drive):  # type: ignore[no-untyped-def]
    """Go through the steps of the program, one for each item of `drive`.

    Parameters
    ----------
    posts, delays : lists of (synapse,) arrays of int
        By source unit: targets, and delays in steps.
    v, u : (unit,) arrays
        At the beginning.
    drive : iterable of (unit,) array

    Returns
    -------
    times [s] and units of spikes : (spike,) arrays
    """
    inhibitory = np.arange(UNITS) >= SIZES["E"]
    a, d, weights = np.where(inhibitory, 0.1, 0.02), np.where(inhibitory, 2, 8), np.where(inhibitory, -5.0, 6.0)
    arriving, times, units = np.zeros((DELAYS + 1, UNITS)), [], []
    for step, each in enumerate(drive):
        current = each + arriving[0]
        arriving = np.roll(arriving, -1, axis=0)
        arriving[-1] = 0
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (0.2 * v - u)
        spiked = np.flatnonzero(v >= 30)
        v[spiked] = -65
        u[spiked] += d[spiked]
        for unit in spiked:
            np.add.at(arriving, (delays[unit], posts[unit]), weights[unit])
        times.append(np.full(len(spiked), 1e-3 * step))
        units.append(spiked)
    return np.concatenate(times), np.concatenate(units)


if __name__ == "__main__":
    side_by_side(__file__, ours, stock, "NumPy")
