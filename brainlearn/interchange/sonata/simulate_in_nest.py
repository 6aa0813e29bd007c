"""Simulate the circuit of this folder in NEST: python simulate_in_nest.py, or mpirun -n 4 python simulate_in_nest.py.

The folder is SONATA. NEST's own reader, ``nest.SonataNetwork``, leaves out what single units have, as membranes that
begin at random, and this script sets it. Where NEST was built without HDF5, as that of PyPI is, the script reads the
files itself, with h5py. Spikes go into output/spikes.h5, or into a file for each process.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # no stubs
import nest
import numpy as np

HERE = Path(__file__).resolve().parent
CIRCUIT, SIMULATION = HERE / "circuit_config.json", HERE / "simulation_config.json"
EDGES_AT_ONCE = 2**20


def main() -> None:
    """Build, simulate and write spikes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the Poisson generators")
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--reader", choices=["nest", "script"], help="default: NEST's own, if it has HDF5")
    parser.add_argument("--output", type=Path, help="folder; default: output, in this one")
    options = parser.parse_args()
    configuration = read_configuration()
    nest.ResetKernel()
    nest.set(rng_seed=options.seed, local_num_threads=options.threads, resolution=configuration["run"]["dt"])
    reader = options.reader or ("nest" if nest.build_info["have_hdf5"] else "script")
    if reader == "nest":
        populations = nest.SonataNetwork(str(CIRCUIT), str(SIMULATION)).BuildNetwork(EDGES_AT_ONCE)
    else:
        populations = build(configuration)
    set_what_units_have(configuration, populations)
    recorders = record(configuration, populations)
    nest.Simulate(configuration["run"]["tstop"])
    write(populations, recorders, options.output or HERE / "output")


def read_configuration() -> dict[str, Any]:
    """Return both configurations as one, with paths instead of the manifest's names."""
    found: dict[str, Any] = {}
    for path in (CIRCUIT, SIMULATION):
        text = json.loads(path.read_text())
        names = dict(sorted(text.pop("manifest").items(), key=lambda item: -len(item[0])))
        found |= _with_paths(text, {**names, "$BASE_DIR": str(HERE)})
    return found


def _with_paths(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _with_paths(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_paths(each, names) for each in value]
    while isinstance(value, str) and value.startswith("$"):
        name = next(name for name in names if value.startswith(name))
        value = value.replace(name, names[name])
    return value


def types_of(path: str) -> dict[int, dict[str, str]]:
    """Return the rows of a CSV file of types by their id, the first column."""
    with open(path, newline="") as file:
        return {int(next(iter(row.values()))): row for row in csv.DictReader(file, delimiter=" ")}


def node_files(configuration: dict[str, Any]) -> Iterator[tuple[str, dict[int, dict[str, str]], Any]]:
    """Yield name, types and open HDF5 group of every population of nodes."""
    for each in configuration["networks"]["nodes"]:
        with h5py.File(each["nodes_file"], "r") as file:
            for name, group in file["nodes"].items():
                yield name, types_of(each["node_types_file"]), group


# ---- NEST without HDF5: what nest.SonataNetwork does ---------------------------------------------------------------


def build(configuration: dict[str, Any]) -> dict[str, Any]:
    """Create nodes and connect them, as ``nest.SonataNetwork`` does."""
    models = Path(configuration["components"]["point_neuron_models_dir"])
    populations = {}
    for name, types, group in node_files(configuration):
        (kind,) = {int(each) for each in group["node_type_id"][:]}
        size = group["node_type_id"].size
        if types[kind]["model_type"] == "virtual":
            populations[name] = nest.Create("spike_train_injector", size)
            play(configuration, name, populations[name])
        else:
            model = types[kind]["model_template"].removeprefix("nest:")
            parameters = json.loads((models / types[kind]["dynamics_params"]).read_text())
            populations[name] = nest.Create(model, size, params=parameters)
    for each in configuration["networks"]["edges"]:
        with h5py.File(each["edges_file"], "r") as file:
            for group in file["edges"].values():
                connect(configuration, populations, group, types_of(each["edge_types_file"]))
    return populations


def play(configuration: dict[str, Any], name: str, injectors: Any) -> None:
    """Hand virtual nodes their spikes."""
    (path,) = [each["input_file"] for each in configuration["inputs"].values() if each["node_set"] == name]
    with h5py.File(path, "r") as file:
        units, times = file["spikes"][name]["node_ids"][:], file["spikes"][name]["timestamps"][:]
    order = np.argsort(units, kind="stable")
    units, times = units[order], times[order]
    ends = np.searchsorted(units, np.arange(len(injectors) + 1))
    for k, injector in enumerate(injectors):
        injector.set({"spike_times": times[ends[k] : ends[k + 1]], "allow_offgrid_times": True})


def connect(configuration: dict[str, Any], populations: dict[str, Any], group: Any, types: dict[int, Any]) -> None:
    """Connect the edges of one population."""
    (kind,) = np.unique(group["edge_type_id"][:])
    models = Path(configuration["components"]["synaptic_models_dir"])
    parameters = json.loads((models / types[kind]["dynamics_params"]).read_text())
    first = {}
    for side in ("source", "target"):
        population = group[f"{side}_node_id"].attrs["node_population"]
        nodes = populations[population.decode() if isinstance(population, bytes) else population]
        first[side] = nodes[0].global_id
    for start in range(0, group["source_node_id"].size, EDGES_AT_ONCE):
        part = slice(start, start + EDGES_AT_ONCE)
        sources = first["source"] + group["source_node_id"][part].astype(np.int64)
        targets = first["target"] + group["target_node_id"][part].astype(np.int64)
        synapses = {"weight": group["0/syn_weight"][part], "delay": group["0/delay"][part]}
        synapses |= {name: np.full(len(sources), value) for name, value in parameters.items()}
        model = {"synapse_model": types[kind]["model_template"]}
        nest.Connect(sources, targets, conn_spec="one_to_one", syn_spec={**model, **synapses})


# ---- what nest.SonataNetwork leaves out ----------------------------------------------------------------------------


def set_what_units_have(configuration: dict[str, Any], populations: dict[str, Any]) -> None:
    """Set the parameters in which units differ, which are in the HDF5 files of nodes."""
    for name, _, group in node_files(configuration):
        parameters = group["0"].get("dynamics_params", {})
        if own := {key: values[:].tolist() for key, values in parameters.items()}:
            # A dictionary for each unit: one of arrays needs the first unit to be in this process.
            populations[name].set([dict(zip(own, each, strict=True)) for each in zip(*own.values(), strict=True)])


def record(configuration: dict[str, Any], populations: dict[str, Any]) -> dict[str, Any]:
    """Record the spikes of all neurons; returns a recorder by population."""
    recorders = {}
    for name, types, group in node_files(configuration):
        (kind,) = {int(each) for each in group["node_type_id"][:1]}
        if types[kind]["model_type"] != "virtual" and "generator" not in types[kind]["model_template"]:
            recorders[name] = nest.Create("spike_recorder")
            nest.Connect(populations[name], recorders[name])
    return recorders


def write(populations: dict[str, Any], recorders: dict[str, Any], folder: Path) -> None:
    """Write spikes as SONATA has them."""
    folder.mkdir(exist_ok=True, parents=True)
    processes = nest.num_processes
    name = "spikes.h5" if processes == 1 else f"spikes.{nest.Rank()}.h5"
    with h5py.File(folder / name, "w") as file:
        file.attrs["magic"], file.attrs["version"] = np.uint32(0x0A7A), np.array([0, 1], dtype=np.uint32)
        for population, recorder in recorders.items():
            events = recorder.events
            order = np.argsort(events["times"], kind="stable")
            group = file.create_group(f"spikes/{population}")
            group.attrs["sorting"] = "by_time"
            group.create_dataset("timestamps", data=events["times"][order]).attrs["units"] = "ms"
            first = populations[population][0].global_id
            group.create_dataset("node_ids", data=(events["senders"][order] - first).astype("u8"))
            print(f"{population}: {len(order):,} spikes in process {nest.Rank()}")


if __name__ == "__main__":
    main()
