"""Edge files of SONATA, written some synapses at a time: of listed synapses no matrix of pairs is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import AnyWiring, Wiring
from brainlearn.interchange.sonata.cell import milliseconds
from brainlearn.interchange.sonata.hdf5 import ascending, constant, sonata_file
from brainlearn.interchange.sonata.plan import Edges, Generator
from brainlearn.interchange.sonata.short_term import SynapseType

EDGE_TYPE = 100
SYNAPSES = "synaptic_models"
AT_ONCE = 200_000  # synapses, or pairs, that are held beside what is drawn


@dataclass(frozen=True)
class Ends:
    """The location of an edge population.

    Parameters
    ----------
    network, components : Path
        Folders.
    name, source, target : str
        Of the edges and of both node populations, in SONATA.
    """

    network: Path
    components: Path
    name: str
    source: str
    target: str


def write_projection(ends: Ends, edges: Edges, dt: float) -> int:
    """Write the synapses of a projection; returns how many there are.

    Parameters
    ----------
    ends : Ends
    edges : Edges
    dt : float
        Time step [s].
    """
    wiring, scale = edges.wiring, np.asarray(edges.scale)
    number = count(wiring)
    listed_delays = isinstance(wiring, Rows) and wiring.delays is not None
    with sonata_file(ends.network / f"{ends.name}_edges.h5") as file:
        group = _group(file, ends, number)
        own = group.create_group("0")
        delay = edges.projection.common_delay
        if listed_delays:
            delays = own.create_dataset("delay", shape=(number,), dtype="f8")
        else:
            constant(own, "delay", milliseconds(round(delay / dt) + edges.later, dt), number, "f8")
        weights = own.create_dataset("syn_weight", shape=(number,), dtype="f8")
        done = 0
        for pres, posts, values, steps in _parts(wiring):
            part = slice(done, done + len(pres))
            group["source_node_id"][part], group["target_node_id"][part] = pres, posts
            weights[part] = values * (scale[posts] if scale.ndim else scale)
            if listed_delays:
                delays[part] = milliseconds(steps.astype(np.int64) + edges.later, dt)
            done = part.stop
    _types(ends, edges.synapse)
    return number


def write_drive(ends: Ends, generator: Generator, size: int, dt: float) -> None:
    """Write the edges from a generator to all units of its target."""
    with sonata_file(ends.network / f"{ends.name}_edges.h5") as file:
        group = _group(file, ends, size)
        group["source_node_id"][:], group["target_node_id"][:] = 0, np.arange(size)
        own = group.create_group("0")
        constant(own, "delay", milliseconds(generator.delay, dt), size, "f8")
        own.create_dataset("syn_weight", data=np.broadcast_to(generator.weight, (size,)).astype("f8"))
    _types(ends, SynapseType("static_synapse", {}))


def count(wiring: AnyWiring) -> int:
    """Return the number of synapses."""
    if isinstance(wiring, Rows):
        return len(wiring.posts)
    return int(wiring.weights.size if wiring.mask is None else np.count_nonzero(wiring.mask))


def _parts(wiring: AnyWiring) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, Any]]:
    """Yield source units, target units, weights and delays [steps] of some synapses at a time, by source unit."""
    if isinstance(wiring, Rows):
        for first in range(0, len(wiring.posts), AT_ONCE):
            part = slice(first, min(first + AT_ONCE, len(wiring.posts)))
            places = np.arange(part.start, part.stop)
            pres = np.searchsorted(wiring.starts, places, side="right") - 1
            yield pres, wiring.posts[part], wiring.weights[part], None if wiring.delays is None else wiring.delays[part]
        return
    assert isinstance(wiring, Wiring)  # kernels are listed before
    yield from _parts_of_matrix(wiring)


def _parts_of_matrix(wiring: Wiring) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, None]]:
    sources, targets = wiring.weights.shape
    step = max(AT_ONCE // targets, 1)
    for first in range(0, sources, step):
        rows = slice(first, min(first + step, sources))
        weights = wiring.weights[rows]
        there = np.ones(weights.shape, dtype=bool) if wiring.mask is None else wiring.mask[rows]
        pres, posts = np.nonzero(there)
        yield pres + first, posts, weights[there], None


def _group(file: Any, ends: Ends, number: int) -> Any:
    """Make the datasets that every edge population has."""
    group = file.create_group(f"edges/{ends.name}")
    constant(group, "edge_type_id", EDGE_TYPE, number, "u4")
    constant(group, "edge_group_id", 0, number, "u4")
    index = ascending(group, "edge_group_index", number, "u8")
    for first in range(0, number, AT_ONCE):
        index[first : first + AT_ONCE] = np.arange(first, min(first + AT_ONCE, number))
    sources = ascending(group, "source_node_id", number, "u8")
    sources.attrs["node_population"] = ends.source
    targets = group.create_dataset("target_node_id", shape=(number,), dtype="u4")
    targets.attrs["node_population"] = ends.target
    return group


def _types(ends: Ends, synapse: SynapseType) -> None:
    header = "edge_type_id target_query source_query model_template dynamics_params"
    line = f"{EDGE_TYPE} * * {synapse.model} {ends.name}.json"
    (ends.network / f"{ends.name}_edge_types.csv").write_text(f"{header}\n{line}\n", encoding="ascii")
    content = json.dumps(dict(synapse.parameters), indent=2) + "\n"
    (ends.components / SYNAPSES / f"{ends.name}.json").write_text(content, encoding="ascii")
