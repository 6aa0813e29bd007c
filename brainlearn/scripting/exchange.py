"""Circuits and spikes in the formats of other libraries, as objects of theirs: for scripts and notebooks."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.circuit import wire
from brainlearn.circuit.circuit import Circuit as ReadCircuit
from brainlearn.circuit.declared_arrays import file_of
from brainlearn.circuit.shipped import circuit_file
from brainlearn.interchange.needed import need
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.run_folder import CIRCUIT
from brainlearn.scripting.circuit import Circuit, as_public
from brainlearn.units import UnitError, parse_quantity_of

if TYPE_CHECKING:
    from xarray import DataTree

    from brainlearn.interchange.sonata.folder import Written


def to_neo(tree: DataTree) -> Any:
    """Return recorded spikes as a Neo block; the extra ``interchange`` brings Neo.

    Parameters
    ----------
    tree : xarray.DataTree
        The result of `simulate`, or of `run`, which records the spikes of a few presentations of the test.

    Returns
    -------
    neo.Block
        A segment for each copy or presentation, and in it a spike train for each unit that spiked, in milliseconds
        from the onset, with the annotations ``population`` and ``unit``.

    Raises
    ------
    UserError
        If Neo is not installed, or no spikes were recorded.
    """
    need("neo")
    from brainlearn.interchange.neo_block import to_neo as block_of

    return block_of(tree, "the result")


def export_sonata(
    circuit: ReadCircuit | str | Path, folder: str | Path, duration: str | None = None, seed: int | None = None
) -> tuple[Written, list[str]]:
    """Write a circuit as SONATA, with a script that simulates it in NEST.

    Parameters
    ----------
    circuit : Circuit, str or Path
        A circuit, its file or name, the folder of a run with what it has learned, or that of a simulation with the
        spikes of its stimuli.
    folder : str or Path
        A new one.
    duration : str, optional
        That NEST is to simulate, as ``"2 s"``; default: that of the simulation, or a second.
    seed : int, optional
        Of what a circuit draws; default: 0, or that of the run or simulation.

    Returns
    -------
    written : Written
        Numbers of ``units``, ``synapses`` and ``bytes``.
    notes : list of str
        Why spikes differ in NEST.

    Raises
    ------
    UserError
        With everything that NEST does not have.
    """
    from brainlearn.interchange.sonata.exporting import export_sonata as export

    if isinstance(circuit, str | Path):
        return export(circuit_file(circuit), Path(folder), duration, seed)
    with tempfile.TemporaryDirectory(prefix="brainlearn-") as place:
        file = Path(place) / CIRCUIT
        as_public(circuit).save(file)
        return export(file, Path(folder), duration, seed)


def to_nir(
    circuit: ReadCircuit,
    weights: Mapping[str, np.ndarray] = MappingProxyType({}),
    reader: str = "continuous",
    subtract: bool = False,
    seed: int = 0,
) -> Any:
    """Return a circuit as a NIR graph, which other libraries read; the extra ``interchange`` brings NIR.

    Parameters
    ----------
    circuit : Circuit
    weights : mapping of str to (pre, post) array
        Of projections, by name, as they were learned; default: initial weights.
    reader : "continuous", "norse" or "snntorch"
        Library that will read it; docs/interchange.md explains their conventions.
    subtract : bool
        Export units that reset by subtraction, noted only in the metadata.
    seed : int
        Of weights, and of what differs between units.

    Raises
    ------
    UserError
        If NIR is not installed, or with everything that NIR, or this reader, cannot express.
    """
    need("nir")
    from brainlearn.interchange.exporting import to_nir as graph_of
    from brainlearn.interchange.learned import matrix_of
    from brainlearn.interchange.reader import READERS

    if reader not in READERS:
        raise UserError(Mistake("reader", "no such library", f'"{reader}"', ", ".join(READERS)))
    drawn = {name: matrix_of(each, name) for name, each in wire(circuit, seed).items()}
    return graph_of(circuit, {**drawn, **weights}, reader, subtract, seed)


def from_nir(graph: Any, dt: Any = None, reader: str | None = None) -> Circuit:
    """Return the circuit that a NIR graph describes; the extra ``interchange`` brings NIR.

    Parameters
    ----------
    graph : nir.NIRGraph
    dt : quantity, optional
        Time step, as ``"1 ms"``; default: the one in the metadata of graphs that brainlearn made.
    reader : str, optional
        Library whose conventions apply; default: the one in the metadata, or ``"continuous"``.

    Raises
    ------
    UserError
        If NIR is not installed, or with everything that a circuit cannot express.
    """
    need("nir")
    from brainlearn.interchange.importing import from_nir as read

    try:
        step = None if dt is None else float(parse_quantity_of(dt, "time").value)
    except UnitError as error:
        raise UserError(Mistake("dt", error.wrong, error.found, error.allowed, error.suggestion)) from error
    arrays = file_of(read(graph, "the graph", "arrays.npz", step, reader).arrays)
    data = read(graph, "the graph", arrays.name, step, reader).data
    parts = ("name", "dt", "areas", "projections", "neurons", "description")
    return Circuit(**{part: data[part] for part in parts})
