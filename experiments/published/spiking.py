"""How often and how irregularly units spike, from the times of spikes of a network."""

from __future__ import annotations

import numpy as np
import xarray as xr
from brian2 import SpikeMonitor

from experiments.published.side_by_side import Measured

Spikes = tuple[np.ndarray, np.ndarray]
"""Times [s] and units of all spikes of a population, each (spike,)."""


def spikes_of(tree: xr.DataTree, population: str) -> Spikes:
    """Return the spikes that `brainlearn.simulate` recorded, of ``"cortex/E"``."""
    group = tree[f"spikes/{population.replace('/', '.')}"]
    return group["spike_time"].values / 1e3, group["spike_unit"].values


def spikes_heard(monitor: SpikeMonitor) -> Spikes:
    """Return the spikes that Brian2 recorded."""
    return np.array(monitor.t_), np.array(monitor.i)


def rate(spikes: Spikes, size: int, begin: float, end: float) -> float:
    """Return the spikes of a unit per second [Hz] between two times [s]."""
    return float(((spikes[0] >= begin) & (spikes[0] < end)).sum() / size / (end - begin))


def variation(spikes: Spikes, begin: float, fewest: int = 3) -> float:
    """Return the coefficient of variation of intervals after `begin` [s]: the mean over units with `fewest` or more."""
    late = spikes[0] >= begin
    times, units = spikes[0][late], spikes[1][late]
    order = np.lexsort((times, units))
    own = np.split(times[order], np.flatnonzero(np.diff(units[order])) + 1)
    found = [intervals.std() / intervals.mean() for each in own if len(intervals := np.diff(each)) >= fewest]
    return float(np.mean(found)) if found else float("nan")


def rates_and_variation(spikes: dict[str, Spikes], sizes: dict[str, int], begin: float, end: float) -> Measured:
    """Return rate and irregularity of each population, by its name, between two times [s]."""
    found: Measured = {}
    for name, each in spikes.items():
        found[f"rate of {name} [Hz]"] = rate(each, sizes[name], begin, end)
        found[f"CV of intervals of {name}"] = variation(each, begin)
    return found
