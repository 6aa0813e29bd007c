"""The spikes that a result holds, presentation by presentation."""

from __future__ import annotations

import numpy as np
from xarray import Dataset, DataTree


def spiking_populations(tree: DataTree) -> list[Dataset]:
    """Return the recorded spikes of every population, in the order of the result."""
    if "spikes" not in tree.children:
        return []
    return [group.to_dataset(inherit=False) for group in tree.children["spikes"].children.values()]


def presentations(populations: list[Dataset]) -> list[int]:
    """Return the numbers of the presentations that every population has recorded."""
    if not populations:
        return []
    there = np.all([p["row_size"].values >= 0 for p in populations], axis=0)
    return [int(number) for number in np.flatnonzero(there)]


def spikes_of(population: Dataset, presentation: int) -> tuple[np.ndarray, np.ndarray]:
    """Return times [ms] and units of the spikes of one presentation, both (spike,)."""
    sizes = np.maximum(population["row_size"].values, 0)
    onset = int(sizes[:presentation].sum())
    here = slice(onset, onset + int(sizes[presentation]))
    return population["spike_time"].values[here], population["spike_unit"].values[here]


def phase_ends(population: Dataset) -> list[tuple[str, float]]:
    """Return name and end [ms] of every phase."""
    names = np.atleast_1d(population.attrs.get("phases", []))
    ends = np.atleast_1d(population.attrs.get("phase_ends", []))
    return [(str(name), float(end)) for name, end in zip(names, ends, strict=True)]
