"""Izhikevich 2003: a network of 1,000 simple model neurons, compared with the paper's program in NumPy.

Run from the root of the project::

    python -m experiments.published.Izhikevich_2003.compare [--seeds 1 2 3]
"""

from __future__ import annotations

import numpy as np
from scipy.signal import welch

import brainlearn
from experiments.published.side_by_side import Measured, side_by_side
from experiments.published.spiking import Spikes, rates_and_variation, spikes_of

CIRCUIT = "circuits/published/Izhikevich_2003.toml"
BEGIN, END = 0.2, 5.2  # s
SIZES = {"E": 800, "I": 200}


def ours(seed: int) -> Measured:
    """Simulate the circuit file."""
    record = [f"cortex/{name}:spikes" for name in SIZES]
    tree = brainlearn.simulate(CIRCUIT, f"{END} s", None, record, seed=seed)
    return measured({name: spikes_of(tree, f"cortex/{name}") for name in SIZES})


def stock(seed: int) -> Measured:
    """Do the same in NumPy."""
    rng = np.random.default_rng(seed)
    r = rng.random(1000)
    weights = np.concatenate([0.5 * rng.random((800, 1000)), -rng.random((200, 1000))])
    strength = np.repeat([5.0, 2.0], [800, 200])
    noise = (strength * rng.standard_normal(1000) for _ in range(round(1e3 * END)))
    times, units = in_numpy(r, weights, np.full(1000, -65.0), noise)
    return measured({"E": _among(times, units, 0, 800), "I": _among(times, units, 800, 1000)})


def measured(spikes: dict[str, Spikes]) -> Measured:
    """Return rates, irregularity, and the peak frequency of the excitatory population below 20 Hz."""
    counts, _ = np.histogram(spikes["E"][0], np.arange(BEGIN, END, 1e-3))
    frequencies, power = welch(counts - counts.mean(), 1e3, nperseg=1000)
    slow = (frequencies >= 4) & (frequencies < 20)
    rhythm = float(frequencies[slow][np.argmax(power[slow])])
    return {**rates_and_variation(spikes, SIZES, BEGIN, END), "slow rhythm [Hz]": rhythm}


def in_numpy(r, weights, v, noise):  # type: ignore[no-untyped-def]
    """Go through the steps of the program, one for each item of `noise`.

    Parameters
    ----------
    r : (unit,) array
        What differs between units.
    weights : (pre, post) array
    v : (unit,) array
        Membranes at the beginning [mV].
    noise : iterable of (unit,) array

    Returns
    -------
    times [s] and units of spikes : (spike,) arrays
    """
    inhibitory = np.arange(len(r)) >= 800
    a, b = np.where(inhibitory, 0.02 + 0.08 * r, 0.02), np.where(inhibitory, 0.25 - 0.05 * r, 0.2)
    c, d = np.where(inhibitory, -65, -65 + 15 * r**2), np.where(inhibitory, 2, 8 - 6 * r**2)
    u, times, units = b * -65.0, [], []
    for step, drive in enumerate(noise):
        spiked = np.flatnonzero(v >= 30)
        v[spiked] = c[spiked]
        u[spiked] += d[spiked]
        current = drive + weights[spiked].sum(axis=0)
        for _ in range(2):
            v = v + 0.5 * (0.04 * v**2 + 5 * v + 140 - u + current)
        u = u + a * (b * v - u)
        times.append(np.full(len(spiked), 1e-3 * (step - 1)))  # a membrane crosses in the step before
        units.append(spiked)
    return np.concatenate(times), np.concatenate(units)


def _among(times: np.ndarray, units: np.ndarray, first: int, end: int) -> Spikes:
    chosen = (units >= first) & (units < end)
    return times[chosen], units[chosen] - first


if __name__ == "__main__":
    side_by_side(__file__, ours, stock, "NumPy")
