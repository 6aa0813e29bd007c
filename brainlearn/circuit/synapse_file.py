"""Synapses from a file: which units they join, and perhaps the weight and the delay of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.circuit.circuit import Circuit, Projection
from brainlearn.circuit.distributions import StoredQuantity
from brainlearn.circuit.npz_array import length_of, read_array
from brainlearn.circuit.schema import MOST_STEPS, MOST_SYNAPSES, FromFile, Stored
from brainlearn.circuit.sonata_edges import is_sonata, number_of_edges, read_edges
from brainlearn.mistakes import Mistake, UserError

SYNAPSES = "(synapse,)"


def number_in_file(circuit: Circuit, projection: Projection) -> int:
    """Return how many synapses a file lists; errors as in `synapses_in_file`."""
    path, place = _file(circuit, projection)
    assert isinstance(projection.connectivity, FromFile)
    if is_sonata(path):
        number = number_of_edges(path, projection.connectivity.population, place)
    else:
        number = length_of(path, "pre", SYNAPSES, place)
    if number > MOST_SYNAPSES:
        raise UserError(Mistake(place, "the projection is too large", f"{number:,}", f"at most {MOST_SYNAPSES:,}"))
    return number


def synapses_in_file(circuit: Circuit, projection: Projection) -> tuple[np.ndarray, np.ndarray]:
    """Read source and target units of the synapses of a projection, in the order of the file.

    Returns
    -------
    pres, posts : (synapse,) array of int32

    Raises
    ------
    UserError
        If they are missing or damaged, name units that are not there, or synapses that the table does not allow.
    """
    assert isinstance(projection.connectivity, FromFile)
    path, place = _file(circuit, projection)
    number = number_in_file(circuit, projection)
    ends = zip(("pre", "post"), (projection.source, projection.target), strict=True)
    pres, posts = (_units(_read(projection, path, n, number, place), n, circuit, p, place) for n, p in ends)
    same = projection.source == projection.target and not projection.self_connections
    if same and (own := np.flatnonzero(pres == posts)).size:
        wrong, hint = "a unit projects to itself", "Write self_connections = true in the projection."
        raise UserError(Mistake(place, wrong, f"synapse {own[0]}, of unit {pres[own[0]]}", "other units", hint))
    if not projection.connectivity.multapses:
        pairs = np.sort(pres.astype(np.int64) * circuit.population(projection.target).size + posts)
        if (twice := np.flatnonzero(pairs[1:] == pairs[:-1])).size:
            found = "units {} and {}".format(*divmod(int(pairs[twice[0]]), circuit.population(projection.target).size))
            wrong, hint = "two units have several synapses", "Write multapses = true, or remove them from the file."
            raise UserError(Mistake(place, wrong, found, "one synapse for a pair", hint))
    return pres, posts


def weights_in_file(circuit: Circuit, projection: Projection) -> np.ndarray:
    """Read the weights of synapses that a file lists, (synapse,), in the order of the file; errors as for matrices."""
    weights = projection.weights
    assert isinstance(weights, Stored)
    place, path = f"{circuit.path}: {projection.place('weights')}", Path(circuit.path).parent / weights.file
    number = number_in_file(circuit, projection)
    found = _read(projection, path, weights.array or "weight", number, place)
    wrong = {"excitatory": found < 0, "inhibitory": found > 0}.get(projection.sign)
    if wrong is not None and wrong.any():
        raise UserError(Mistake(place, f"Dale conflict: the projection is {projection.sign}", f"{found[wrong][0]:g}"))
    return found


def delays_in_file(circuit: Circuit, projection: Projection) -> np.ndarray:
    """Read the delays of synapses that a file lists, (synapse,) int64, in steps and in the order of the file.

    Half a step more is one more, as in `brian2.Synapses`.
    """
    delay = projection.delay
    assert isinstance(delay, StoredQuantity)
    place, path = f"{circuit.path}: {projection.place('delay')}", Path(circuit.path).parent / delay.file
    number = number_in_file(circuit, projection)
    found = _read(projection, path, delay.array or "delay", number, place) * delay.scale.value
    steps: np.ndarray = np.floor(found / circuit.dt.value + 0.5).astype(np.int64)
    for wrong, problem in ((steps < 0, "negative delay"), (steps > MOST_STEPS, "the delay is too long")):
        if wrong.any():
            said = f"{found[wrong][0]:g} s for synapse {np.flatnonzero(wrong)[0]}"
            raise UserError(Mistake(place, problem, said, f"0 to {MOST_STEPS:,} steps of {circuit.dt.text}"))
    return steps


def check_file(circuit: Circuit, projection: Projection) -> None:
    """Read everything that a projection takes from a file of synapses; a UserError says what is wrong with it."""
    synapses_in_file(circuit, projection)
    if isinstance(projection.weights, Stored):
        weights_in_file(circuit, projection)
    if isinstance(projection.delay, StoredQuantity):
        delays_in_file(circuit, projection)


def _read(projection: Projection, path: Path, name: str, number: int, place: str) -> np.ndarray:
    """Read one array of synapses, (synapse,)."""
    assert isinstance(projection.connectivity, FromFile)
    if is_sonata(path):
        return read_edges(path, projection.connectivity.population, name, number, place)
    return read_array(path, name, (number,), SYNAPSES, place)


def _file(circuit: Circuit, projection: Projection) -> tuple[Path, str]:
    assert isinstance(projection.connectivity, FromFile)
    path = Path(circuit.path).parent / projection.connectivity.file
    return path, f"{circuit.path}: {projection.place('connectivity')}"


def _units(numbers: np.ndarray, name: str, circuit: Circuit, path: str, place: str) -> np.ndarray:
    """Return the numbers of units of a population as such."""
    size = circuit.population(path).size
    if (wrong := np.flatnonzero((numbers != np.floor(numbers)) | (numbers < 0) | (numbers >= size))).size:
        found = f"{numbers[wrong[0]]:.12g} for synapse {wrong[0]}"
        raise UserError(Mistake(place, f"{name} names no unit of {path}", found, f"0 to {size - 1}"))
    return numbers.astype(np.int32)
