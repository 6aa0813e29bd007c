"""The recorded spikes of a result as a Neo block, for programs that analyse recordings, such as Elephant.

Neo: Garcia et al. 2014, Frontiers in Neuroinformatics 8:10.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import neo
import numpy as np
from neo.io import NixIO
from xarray import Dataset, DataTree

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.simulation_schema import KIND
from brainlearn.results.spikes import phase_ends, presentations, spikes_of, spiking_populations
from brainlearn.results.whole_file import whole_file

UNITS = "ms"
MEGABYTE = 1e6
BYTES_PER_TRAIN = 40_000  # twice what NIX takes for a short one
SAID = ("experiment", "circuit", "dataset", "rule", "engine", "seed", "started", "experiment_sha256", "circuit_sha256")


def to_neo(tree: DataTree, where: str) -> neo.Block:
    """Return the spikes of a result, unit by unit.

    Parameters
    ----------
    tree : xarray.DataTree
        The result of a run or of a simulation.
    where : str
        Its file or folder, for messages.

    Returns
    -------
    neo.Block
        A segment for each presentation, with its labels as annotations and its phases as an epoch, or for each copy of
        a simulation; a group for each population, with its ``size``; a spike train for each unit that spiked in a
        segment, in milliseconds from its onset, with ``population`` and ``unit`` (from 0).

    Raises
    ------
    UserError
        If no spikes were recorded.
    """
    populations = spiking_populations(tree)
    simulated = tree.attrs.get("brainlearn_kind") == KIND
    shown = range(int(tree.attrs["copies"])) if simulated and populations else presentations(populations)
    if not shown:
        allowed = "a simulation, or a run that was tested, of spiking units"
        raise UserError(
            Mistake(where, "no spikes were recorded", "no group /spikes", allowed, "Export it as npz or csv.")
        )
    said = {name: tree.attrs[name] for name in SAID if name in tree.attrs}
    block = neo.Block(name=str(tree.attrs["circuit" if simulated else "experiment"]), **said)
    block.groups.extend([neo.Group(name=p.attrs["population"], size=int(p.attrs["size"])) for p in populations])
    for number in shown:
        segment = _copy(tree, number) if simulated else _segment(populations[0], number)
        for population, group in zip(populations, block.groups, strict=True):
            spikes = _of_copy(population, number) if simulated else spikes_of(population, number)
            for train in _trains(str(population.attrs["population"]), *spikes, float(segment.annotations["duration"])):
                segment.spiketrains.append(train)
                group.add(train)
        block.segments.append(segment)
    return block


def write_nix(block: neo.Block, path: Path) -> None:
    """Write a block as NIX, whole or not at all; errors as in `whole_file`.

    Raises
    ------
    UserError
        If space is insufficient: HDF5 would not only fail, but end the process.
    """
    trains = sum(len(segment.spiketrains) for segment in block.segments)
    with whole_file(path) as part:
        free, needed = shutil.disk_usage(path.parent).free, trains * BYTES_PER_TRAIN + MEGABYTE
        if free < needed:
            found = f"{free / MEGABYTE:.1f} MB"
            allowed = f"{needed / MEGABYTE:.0f} MB for {trains:,} spike trains"
            raise UserError(Mistake(str(path), "not enough space", found, allowed, "Choose a location with --output."))
        with NixIO(str(part), mode="ow") as file:
            file.write_block(block)


def _segment(population: Dataset, number: int) -> neo.Segment:
    """Return a presentation without its spikes: labels (-1: none was shown), phases, and the duration [ms]."""
    names, ends = zip(*phase_ends(population), strict=True)
    onsets = np.array([0.0, *ends[:-1]])
    labels = {name: int(population[name].values[number]) for name in ("true_label", "shown_label")}
    segment = neo.Segment(name=f"presentation {number}", duration=ends[-1], presentation=number, **labels)
    epoch = neo.Epoch(onsets, np.array(ends) - onsets, np.array(names), units=UNITS, name="phases")
    segment.epochs.append(epoch)
    return segment


def _copy(tree: DataTree, number: int) -> neo.Segment:
    """Return a copy of a simulation without its spikes."""
    return neo.Segment(name=f"copy {number}", duration=float(tree.attrs["simulated"]), copy=number)


def _of_copy(population: Dataset, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return times [ms] and units of the spikes of one copy of a simulation, both (spike,)."""
    here = population["spike_copy"].values == number
    return population["spike_time"].values[here], population["spike_unit"].values[here]


def _trains(path: str, time: np.ndarray, unit: np.ndarray, duration: float) -> Iterator[neo.SpikeTrain]:
    for each in np.unique(unit):
        times = np.sort(time[unit == each].astype(np.float64))
        about = {"name": f"{path} {each}", "population": path, "unit": int(each)}
        yield neo.SpikeTrain(times, t_stop=duration, units=UNITS, **about)
