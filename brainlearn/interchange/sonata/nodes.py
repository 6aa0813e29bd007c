"""Node files of SONATA: a population of neurons, of virtual nodes, or one generator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from brainlearn.interchange.sonata.cell import Number
from brainlearn.interchange.sonata.hdf5 import ascending, constant, sonata_file
from brainlearn.interchange.sonata.nest_units import NestUnits

NODE_TYPE = 100
CELLS = "cell_models"


def write_neurons(network: Path, components: Path, name: str, units: NestUnits, size: int) -> None:
    """Write a population that is simulated; parameters in which units differ are in its HDF5 file.

    Parameters
    ----------
    network, components : Path
        Folders.
    name : str
        Of the population in SONATA.
    units : NestUnits
    size : int
        Number of units.
    """
    same, own = _parted(units.parameters, size)
    _types(network / f"{name}_node_types.csv", "point_neuron", f"nest:{units.model}", f"{name}.json")
    _json(components / CELLS / f"{name}.json", same)
    _nodes(network / f"{name}_nodes.h5", name, size, own)


def write_generator(network: Path, components: Path, name: str, rate: float) -> None:
    """Write a Poisson generator [Hz] as a population of one node."""
    _types(network / f"{name}_node_types.csv", "point_neuron", "nest:poisson_generator", f"{name}.json")
    _json(components / CELLS / f"{name}.json", {"rate": rate})
    _nodes(network / f"{name}_nodes.h5", name, 1, {})


def write_virtual(network: Path, name: str, size: int) -> None:
    """Write nodes that send spikes from a file."""
    _types(network / f"{name}_node_types.csv", "virtual", "NULL", "NULL")
    _nodes(network / f"{name}_nodes.h5", name, size, {})


def write_spikes(path: Path, name: str, times: np.ndarray, units: np.ndarray) -> None:
    """Write the spikes of virtual nodes, (spike,) [ms], in the order of time."""
    with sonata_file(path) as file:
        group = file.create_group(f"spikes/{name}")
        group.attrs["sorting"] = "by_time"
        order = np.argsort(times, kind="stable")
        group.create_dataset("timestamps", data=times[order].astype("f8")).attrs["units"] = "ms"
        group.create_dataset("node_ids", data=units[order].astype("u8"))


def _parted(parameters: Mapping[str, Number], size: int) -> tuple[dict[str, float | bool], dict[str, np.ndarray]]:
    """Return what all units share, and what differs between them."""
    same: dict[str, float | bool] = {}
    own: dict[str, np.ndarray] = {}
    for name, value in parameters.items():
        flat = np.unique(value)
        if flat.size == 1:
            same[name] = value if isinstance(value, bool) else float(flat[0])
        else:
            own[name] = np.broadcast_to(np.asarray(value, dtype=float), (size,))
    return same, own


def _types(path: Path, kind: str, template: str, parameters: str) -> None:
    header = "node_type_id model_type model_template dynamics_params"
    path.write_text(f"{header}\n{NODE_TYPE} {kind} {template} {parameters}\n", encoding="ascii")


def _json(path: Path, content: Mapping[str, float | bool]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="ascii")


def _nodes(path: Path, name: str, size: int, own: Mapping[str, np.ndarray]) -> None:
    with sonata_file(path) as file:
        group = file.create_group(f"nodes/{name}")
        constant(group, "node_type_id", NODE_TYPE, size, "u4")
        constant(group, "node_group_id", 0, size, "u4")
        for key in ("node_id", "node_group_index"):
            ascending(group, key, size, "u8")[:] = np.arange(size)
        first = group.create_group("0")
        if own:
            parameters = first.create_group("dynamics_params")
            for key, values in own.items():
                parameters.create_dataset(key, data=values)
