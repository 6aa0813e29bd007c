"""Izhikevich 2006: 1,000 units with delays of 1 to 20 ms, before learning, beside the program's steps.

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
    inhibitory = np.arange(UNITS) >= SIZES["E"]
    posts = [
        rng.choice(SIZES["E"] if inhibitory[unit] else np.delete(np.arange(UNITS), unit), SYNAPSES, replace=False)
        for unit in range(UNITS)
    ]
    delays = [np.ones(SYNAPSES, int) if each else np.repeat(np.arange(1, DELAYS + 1), 5) for each in inhibitory]
    a, d, weights = np.where(inhibitory, 0.1, 0.02), np.where(inhibitory, 2, 8), np.where(inhibitory, -5.0, 6.0)
    v = -65 + 10 * rng.random(UNITS)
    u, arriving, times, units = 0.2 * v, np.zeros((DELAYS + 1, UNITS)), [], []
    for step in range(round(1e3 * END)):
        current = arriving[0].copy()
        arriving = np.roll(arriving, -1, axis=0)
        arriving[-1] = 0
        current[rng.integers(UNITS)] += 20
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (0.2 * v - u)
        spiked = np.flatnonzero(v >= 30)
        v[spiked] = -65
        u[spiked] += d[spiked]
        for unit in spiked:
            arriving[delays[unit], posts[unit]] += weights[unit]
        times.append(np.full(len(spiked), 1e-3 * step))
        units.append(spiked)
    all_times, all_units = np.concatenate(times), np.concatenate(units)
    excitatory = all_units < SIZES["E"]
    spikes = {
        "E": (all_times[excitatory], all_units[excitatory]),
        "I": (all_times[~excitatory], all_units[~excitatory] - SIZES["E"]),
    }
    return rates_and_variation(spikes, SIZES, BEGIN, END)


if __name__ == "__main__":
    side_by_side(__file__, ours, stock, "NumPy")
