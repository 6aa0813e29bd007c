"""A circuit file, a run or a simulation as a folder of SONATA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.brian.loading import load_circuit
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.time_steps import steps_of
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.interchange.learned import no_seed, wired_circuit
from brainlearn.interchange.sonata.folder import Trains, Written, write_sonata
from brainlearn.interchange.sonata.plan import plan_of
from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, is_regular
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import is_simulation_at, load_result
from brainlearn.results.tree import group_name

SECOND, MOST_STEPS = 1.0, 1_000_000_000
"""Default duration of a simulation in NEST [s], and the largest number of steps."""


@dataclass(frozen=True)
class Source:
    """What is exported.

    Parameters
    ----------
    circuit : Circuit
    wiring : dict of str to Wiring or Rows
    seed : int
        Of what differs between units.
    duration : float
        Of the simulation [s].
    spikes : dict of str to Trains
        Of stimuli, by path.
    """

    circuit: Circuit
    wiring: dict[str, AnyWiring]
    seed: int
    duration: float
    spikes: dict[str, Trains]


def export_sonata(
    what: Path, folder: Path, duration: str | None = None, seed: int | None = None
) -> tuple[Written, list[str]]:
    """Write a circuit for NEST.

    Parameters
    ----------
    what : Path
        A circuit file, the folder of a run with what it has learned, or that of a simulation with the spikes of its
        stimuli.
    folder : Path
        A new one.
    duration : str, optional
        That NEST is to simulate, as ``"2 s"``; default: that of the simulation, else a second.
    seed : int, optional
        Of what a circuit file draws; default 0.

    Returns
    -------
    written : Written
    notes : list of str
        Why spikes differ in NEST.

    Raises
    ------
    UserError
        With everything that NEST does not have.
    """
    source = _source(what, seed)
    seconds = _seconds(source, duration)
    plan = plan_of(source.circuit, source.wiring, source.seed, source.spikes)
    written = write_sonata(plan, folder, seconds, source.spikes)
    return written, plan.notes


def _seconds(source: Source, duration: str | None) -> float:
    """Return for how long NEST is to simulate [s]."""
    if duration is None:
        return source.duration
    steps, mistakes = steps_of(duration, source.circuit.dt, MOST_STEPS, "--duration")
    if mistakes:
        raise UserError(*mistakes)
    return steps * float(source.circuit.dt.value)


def _source(what: Path, seed: int | None) -> Source:
    if not (what.suffix == ".toml" and is_regular(what)) and is_simulation_at(what):
        no_seed(seed)
        return _simulated(what)
    circuit, wiring, drawn_by = wired_circuit(what, seed)
    return Source(circuit, _by_synapse(wiring), drawn_by, SECOND, {})


def _by_synapse(wiring: Mapping[str, AnyWiring]) -> dict[str, AnyWiring]:
    """Return every wiring with a weight for each synapse, for NEST has no kernels."""
    return {name: each.rows() if isinstance(each, Kernels) else each for name, each in wiring.items()}


def _simulated(what: Path) -> Source:
    """Return the circuit of a simulation with the spikes of its stimuli, in the first copy."""
    tree = load_result(what)
    if "learning" in tree.children:
        hint = "Export a run of an experiment, which contains the learned weights."
        raise UserError(Mistake(str(what), "weights changed during this simulation", suggestion=hint))
    circuit = load_circuit(RunFolder(what if is_folder(what) else what.parent).circuit)
    seed, dt = int(tree.attrs["seed"]), float(circuit.dt.value)
    spikes = {}
    recorded = tree["spikes"].children if "spikes" in tree.children else {}
    for population in circuit.populations:
        model = circuit.models[population.path]
        group: Any = recorded.get(group_name(population.path))
        if model.kind == "stimulus" and model.threshold and group is not None:
            first = group["spike_copy"].values == 0
            steps = np.round(group["spike_time"].values[first] * 1e-3 / dt).astype(np.int64)
            spikes[population.path] = Trains(steps, group["spike_unit"].values[first])
    return Source(circuit, _by_synapse(wire(circuit, seed)), seed, float(tree.attrs["simulated"]) * 1e-3, spikes)
