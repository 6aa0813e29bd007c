"""A circuit as a folder of SONATA: network, components, inputs, two configurations, and a script for NEST."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.interchange.sonata.cell import MILLI, milliseconds
from brainlearn.interchange.sonata.edges import SYNAPSES, Ends, write_drive, write_projection
from brainlearn.interchange.sonata.nodes import CELLS, write_generator, write_neurons, write_spikes, write_virtual
from brainlearn.interchange.sonata.plan import Plan
from brainlearn.mistakes import UserError
from brainlearn.results.whole_file import not_writable

NETWORK, COMPONENTS, INPUTS = "network", "components", "inputs"
CIRCUIT, SIMULATION, SCRIPT = "circuit_config.json", "simulation_config.json", "simulate_in_nest.py"


@dataclass(frozen=True)
class Trains:
    """Spikes of a stimulus, in the order of the recording.

    Parameters
    ----------
    steps, units : (spike,) array of int
    """

    steps: np.ndarray
    units: np.ndarray


@dataclass(frozen=True)
class Written:
    """The size of a folder's content.

    Parameters
    ----------
    units, synapses, bytes : int
    """

    units: int
    synapses: int
    bytes: int


def write_sonata(plan: Plan, folder: Path, duration: float, spikes: Mapping[str, Trains]) -> Written:
    """Write a circuit, whole or not at all.

    Parameters
    ----------
    plan : Plan
    folder : Path
        A new one.
    duration : float
        Of the simulation [s].
    spikes : mapping of str to Trains
        Of every stimulus, by path.

    Raises
    ------
    UserError
        If the system refuses.
    """
    with _new_folder(folder) as part:
        for name in (NETWORK, f"{COMPONENTS}/{CELLS}", f"{COMPONENTS}/{SYNAPSES}", *([INPUTS] if spikes else [])):
            (part / name).mkdir(parents=True)
        units = _write_nodes(plan, part, spikes)
        synapses = _write_edges(plan, part)
        _write_json(part / CIRCUIT, _circuit_config(plan))
        _write_json(part / SIMULATION, _simulation_config(plan, duration))
        shutil.copyfile(Path(__file__).with_name(SCRIPT), part / SCRIPT)
        size = sum(each.stat().st_blocks * 512 for each in part.rglob("*") if each.is_file())
    return Written(units, synapses, size)


def _write_nodes(plan: Plan, part: Path, spikes: Mapping[str, Trains]) -> int:
    network, components = part / NETWORK, part / COMPONENTS
    dt = float(plan.circuit.dt.value)
    total = 0
    for population in plan.circuit.populations:
        name = plan.names[population.path]
        total += population.size
        if population.path in plan.units:
            write_neurons(network, components, name, plan.units[population.path], population.size)
        else:
            trains = spikes[population.path]
            write_virtual(network, name, population.size)
            # A spike of a step is one at the end of that step in NEST.
            times = milliseconds(trains.steps + 1, dt)
            write_spikes(part / INPUTS / f"{name}_spikes.h5", name, times, trains.units)
    for generator in plan.generators:
        write_generator(network, components, generator.name, generator.rate)
    return total


def _write_edges(plan: Plan, part: Path) -> int:
    network, components, names = part / NETWORK, part / COMPONENTS, plan.names
    dt = float(plan.circuit.dt.value)
    total = 0
    for edges in plan.edges:
        projection = edges.projection
        ends = Ends(network, components, names[projection.name], names[projection.source], names[projection.target])
        total += write_projection(ends, edges, dt)
    for generator in plan.generators:
        target = names[generator.target]
        ends = Ends(network, components, _drive(plan, generator.name), generator.name, target)
        write_drive(ends, generator, plan.circuit.population(generator.target).size, dt)
    return total


def _drive(plan: Plan, name: str) -> str:
    return f"{name}_drive"


def _circuit_config(plan: Plan) -> dict[str, Any]:
    nodes = [plan.names[population.path] for population in plan.circuit.populations]
    nodes += [generator.name for generator in plan.generators]
    edges = [plan.names[each.projection.name] for each in plan.edges]
    edges += [_drive(plan, generator.name) for generator in plan.generators]
    return {
        "manifest": {
            "$BASE_DIR": ".",
            "$NETWORK_DIR": f"$BASE_DIR/{NETWORK}",
            "$COMPONENTS_DIR": f"$BASE_DIR/{COMPONENTS}",
        },
        "components": {
            "point_neuron_models_dir": f"$COMPONENTS_DIR/{CELLS}",
            "synaptic_models_dir": f"$COMPONENTS_DIR/{SYNAPSES}",
        },
        "networks": {
            "nodes": [_files("node", name) for name in nodes],
            "edges": [_files("edge", name) for name in edges],
        },
        "target_simulator": "NEST",
    }


def _files(kind: str, name: str) -> dict[str, str]:
    return {
        f"{kind}s_file": f"$NETWORK_DIR/{name}_{kind}s.h5",
        f"{kind}_types_file": f"$NETWORK_DIR/{name}_{kind}_types.csv",
    }


def _simulation_config(plan: Plan, duration: float) -> dict[str, Any]:
    inputs = {
        name: {
            "input_type": "spikes",
            "module": "h5",
            "input_file": f"$INPUT_DIR/{name}_spikes.h5",
            "node_set": name,
        }
        for name in (plan.names[path] for path in plan.virtual)
    }
    return {
        "manifest": {"$BASE_DIR": ".", "$INPUT_DIR": f"$BASE_DIR/{INPUTS}", "$OUTPUT_DIR": "$BASE_DIR/output"},
        "run": {
            "tstop": round(duration / MILLI, 9),
            "dt": round(float(plan.circuit.dt.value) / MILLI, 9),
        },
        "target_simulator": "NEST",
        "network": f"$BASE_DIR/{CIRCUIT}",
        "inputs": inputs,
        "output": {"output_dir": "$OUTPUT_DIR", "spikes_file": "spikes.h5", "spikes_sort_order": "by_time"},
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="ascii")


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give the name of a neighbour to fill; rename it to `folder` when all went well, else remove it."""
    part = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:12]}.part")
    try:
        part.mkdir(parents=True)
        yield part
        os.rename(part, folder)
    except OSError as error:
        raise UserError(not_writable(folder, error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
