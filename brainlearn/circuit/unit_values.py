"""What differs between units: constants and initial states, drawn once for the circuit or for each of its copies."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np

from brainlearn.circuit.circuit import Circuit, Population
from brainlearn.circuit.distributions import AnyDistribution, PlaceQuantity, StoredQuantity, draw
from brainlearn.circuit.npz_array import read_array
from brainlearn.circuit.place_expression import names_of_text, values_of_text
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NeuronModel


def varied_of(model: NeuronModel) -> dict[str, AnyDistribution]:
    """Return the tables from which units get their own values: constants and variables at the onset, by name."""
    found = {**model.varied, **model.varied_initial}
    assert all(isinstance(table, AnyDistribution) for table in found.values())
    return found  # type: ignore[return-value]


def differing_values(circuit: Circuit) -> list[tuple[str, str, str, str]]:
    """Return what differs between units, or from the model of their population: path, variable, value and when."""
    rows = []
    for population in circuit.populations:
        model = circuit.models[population.path]
        both = ((model.varied, population.parameters, "always"), (model.varied_initial, population.initial, "at onset"))
        for varied, own, when in both:
            rows += [(population.path, name, value.text, when) for name, value in {**varied, **own}.items()]
    return rows


def unit_values(circuit: Circuit, path: str, copies: int, seed: int) -> dict[str, np.ndarray]:
    """Return the values that differ between the units of a population.

    Every name has its own random numbers, made from `seed`, the population's path and the name; if each copy has its
    own, from the copy's number too. What is asked for first, and how many copies there are, changes nothing.

    Parameters
    ----------
    circuit : Circuit
    path : str
    copies : int
    seed : int

    Returns
    -------
    dict of str to (copy, unit) array of float64
        In SI units; views, which do not repeat what all copies share.

    Raises
    ------
    UserError
        If a file or an expression gives no numbers.
    """
    population = circuit.population(path)
    found = {}
    for name, table in varied_of(circuit.models[path]).items():
        if getattr(table, "each_copy", False):
            rngs = (unit_rng(seed, path, name, copy) for copy in range(copies))
            found[name] = np.stack([draw(table, population.size, rng) for rng in rngs])
        else:
            values = _values(circuit, population, name, table, seed)
            found[name] = np.broadcast_to(values, (copies, population.size))
    return found


def unit_rng(seed: int, path: str, name: str, copy: int | None = None) -> np.random.Generator:
    """Return the random numbers of one variable: the same for the same seed, path, name and copy, on every machine."""
    digest = hashlib.sha256(f"{path}.{name}".encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "little"), *([] if copy is None else [copy])])


def _values(circuit: Circuit, population: Population, name: str, table: AnyDistribution, seed: int) -> np.ndarray:
    """Return the values of all units, (unit,), in SI units."""
    place = f"{circuit.path}: {_key(circuit, population, name)}"
    if isinstance(table, StoredQuantity):
        path = Path(circuit.path).parent / table.file
        values = read_array(path, table.array or name, (population.size,), "(unit,)", place) * table.scale.value
    elif isinstance(table, PlaceQuantity):
        flat = sorted(names_of_text(table.value) & {"row", "column"})
        if flat and population.sheet is None:
            wrong = f"{population.path} has no sheet, and so no {' and no '.join(flat)}"
            hint = "Write sheet = [rows, columns] in the population, or use i, the number of the unit."
            raise UserError(Mistake(f"{place}.value", wrong, f'"{table.value}"', suggestion=hint))
        values = values_of_text(table.value, population.size, population.sheet)
    else:
        values = draw(table, population.size, unit_rng(seed, population.path, name))
    if not np.isfinite(values).all():
        where = int(np.flatnonzero(~np.isfinite(values))[0])
        raise UserError(Mistake(place, "not a finite number", f"{values[where]} for unit {where}", "finite numbers"))
    return values


def _key(circuit: Circuit, population: Population, name: str) -> str:
    """Return where in the file the table is: with the population, or with its model."""
    section = "parameters" if name in circuit.models[population.path].varied else "initial"
    own: Mapping[str, object] = getattr(population, section)
    return f"{population.path if name in own else f'neurons.{population.neuron}'}.{section}.{name}"


def find_value_mistakes(circuit: Circuit, unsized: Collection[str] = ()) -> list[Mistake]:
    """Return the mistakes in files and expressions, but for populations (paths) whose size is unknown."""
    return list(dict.fromkeys(_mistakes(circuit, unsized)))


def _mistakes(circuit: Circuit, unsized: Collection[str]) -> Iterator[Mistake]:
    for population in circuit.populations:
        if population.path in unsized or population.path not in circuit.models:
            continue
        for name, table in varied_of(circuit.models[population.path]).items():
            if isinstance(table, StoredQuantity | PlaceQuantity):
                try:
                    _values(circuit, population, name, table, 0)
                except UserError as error:
                    yield from error.mistakes
