"""The statistics of spike trains that a simulation holds, population by population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from xarray import DataTree


@dataclass(frozen=True)
class PopulationStatistics:
    """Means over the units and copies of a population.

    Parameters
    ----------
    path : str
    units : int
    spikes : int
        In all copies.
    rate : float
        Mean rate [Hz].
    silent : float
        Units that never spiked [percent].
    cv, lv : float
        Of the intervals between spikes [1]; nan if no unit has two.
    correlation : float
        Of spike counts, over pairs of units [1]; nan if none vary.
    paired : int
        Units among which pairs were taken.
    bin : float
        Of spike counts [ms].
    """

    path: str
    units: int
    spikes: int
    rate: float
    silent: float
    cv: float
    lv: float
    correlation: float
    paired: int
    bin: float


def statistics_of(tree: DataTree) -> list[PopulationStatistics]:
    """Return the statistics of every population that can spike, in the order of the circuit."""
    if "statistics" not in tree.children:
        return []
    found, correlations = [], tree.children["correlations"].children
    for name, group in tree.children["statistics"].children.items():
        data, pairs = group.to_dataset(inherit=False), correlations[name].to_dataset(inherit=False)
        counts = data["spike_count"].values
        found.append(
            PopulationStatistics(
                path=str(data.attrs["population"]),
                units=data.sizes["unit"],
                spikes=int(counts.sum()),
                rate=_mean(data["mean_rate"].values),
                silent=100.0 * float((counts == 0).mean()),
                cv=_mean(data["cv"].values),
                lv=_mean(data["lv"].values),
                correlation=mean_correlation(pairs["correlation"].values),
                paired=pairs.sizes["unit"],
                bin=float(pairs.attrs["bin"]),
            )
        )
    return found


def mean_correlation(values: Any) -> float:
    """Return the mean over all pairs of different units whose counts vary, of (copy, unit, unit); nan if none do."""
    return _mean(values[:, ~np.eye(values.shape[1], dtype=bool)])


def _mean(values: Any) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
