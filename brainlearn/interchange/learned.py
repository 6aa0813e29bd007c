"""The circuit of a run with the weights that it has learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from xarray import DataTree

from brainlearn.brian.loading import load_circuit
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import AnyWiring, Wiring, followed
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_folder, is_regular
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_run
from brainlearn.results.tree import group_name

MOST_PAIRS = 50_000_000  # of the units of one projection, in a matrix that is written


def circuit_of(path: Path, seed: int | None = None) -> tuple[Circuit, dict[str, np.ndarray], int]:
    """Return a circuit, all its weights as matrices, and the seed of what differs between units.

    Parameters, and errors beside those of `matrix_of`, are those of `wired_circuit`.

    Returns
    -------
    circuit : Circuit
    weights : dict of str to (pre, post) array
    seed : int
    """
    circuit, wiring, drawn_by = wired_circuit(path, seed)
    return circuit, {name: matrix_of(each, name) for name, each in wiring.items()}, drawn_by


def wired_circuit(path: Path, seed: int | None = None) -> tuple[Circuit, dict[str, AnyWiring], int]:
    """Return a circuit, all its synapses with their weights, and the seed of what differs between units.

    Parameters
    ----------
    path : Path
        A run folder: its weights after learning. Or a circuit file: its initial weights.
    seed : int, optional
        Of what a circuit file draws; default 0.

    Returns
    -------
    circuit : Circuit
    wiring : dict of str to Wiring or Rows
    seed : int

    Raises
    ------
    UserError
        If it is neither, or a run with a seed.
    """
    if path.suffix == ".toml" and is_regular(path):
        circuit = load_circuit(path)
        return circuit, wire(circuit, seed or 0), seed or 0
    no_seed(seed)
    tree = load_run(path)
    folder = path if is_folder(path) else path.parent
    experiment = load_experiment(RunFolder(folder).experiment)
    drawn_by = int(experiment.settings.seed)
    wiring = wire(experiment.circuit, drawn_by)
    return experiment.circuit, _after_learning(experiment.circuit, wiring, tree), drawn_by


def no_seed(seed: int | None) -> None:
    """Refuse a seed for what was drawn before; errors are those of the user."""
    if seed is not None:
        raise UserError(Mistake("--seed", "a run already has one", str(seed), "for circuit files only"))


def matrix_of(wiring: AnyWiring, name: str) -> np.ndarray:
    """Return the weights of projection `name` as a matrix, (pre, post), which NIR needs.

    Raises
    ------
    UserError
        If synapses are listed, or share kernels, among so many units that a matrix does not fit.
    """
    if isinstance(wiring, Wiring):
        return wiring.weights
    pairs = wiring.shape[0] * wiring.shape[1]
    if pairs > MOST_PAIRS:
        wrong = "NIR has no sparse weights, and a matrix of all pairs of units is too large"
        found, allowed = f"{wiring.shape[0]:,} × {wiring.shape[1]:,}", f"at most {MOST_PAIRS:,} pairs"
        hint = "brainlearn simulate --record PROJECTION:weights writes a list of its synapses."
        raise UserError(Mistake(name, wrong, found, allowed, hint))
    return (wiring if isinstance(wiring, Rows) else wiring.rows()).matrix()


def _after_learning(circuit: Circuit, wiring: dict[str, AnyWiring], tree: DataTree) -> dict[str, AnyWiring]:
    found = dict(wiring)
    learned = tree.children["weights"].children if "weights" in tree.children else {}
    for name, wired in wiring.items():
        if group := learned.get(group_name(name)):
            final = np.array(group.to_dataset(inherit=False)["final"].values, dtype=float)
            found[name] = replace(wired, weights=final)
    for projection in circuit.projections:
        tied = projection.weights
        if isinstance(tied, Tied) and group_name(projection.name) not in learned:
            wired = wiring[projection.name]
            weights = followed(found[tied.to].weights, tied, wired, projection.sign)
            found[projection.name] = replace(wired, weights=weights)
    return found
