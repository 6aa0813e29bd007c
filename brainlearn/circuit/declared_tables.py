"""From what a script says of a circuit to what a circuit file would hold that says the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from brainlearn.circuit.circuit import Area as ReadArea
from brainlearn.circuit.circuit import Population as ReadPopulation
from brainlearn.circuit.circuit import Projection as ReadProjection
from brainlearn.circuit.declared import (
    Area,
    Neuron,
    Population,
    Projection,
    ProjectionTable,
    Synapse,
    said_of,
)
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.writing import area_table, neuron_table, population_table, projection_table, synapse_table
from brainlearn.neurons import NeuronModel
from brainlearn.synapses import SynapseModel


def tables(
    name: Any,
    dt: Any,
    areas: Any,
    projections: Any = (),
    neurons: Any = None,
    synapses: Any = None,
    description: str = "",
    projection_tables: Any = (),
) -> dict[str, Any]:
    """Return what a circuit file would hold that says the same.

    Parameters
    ----------
    name, dt, description : object
    areas, projections : iterable
        Of `Area` and `Projection`, as declared here or as read from a file, or of tables.
    projection_tables : iterable
        Of `ProjectionTable`, or of tables.
    neurons, synapses : mapping, optional
        Of `Neuron` and `Synapse`, as declared here or as read from a file, or of tables, by name.
    """
    data = {"name": plain(name), "description": description, "dt": plain(dt)}
    if found := {key: _neuron(key, each) for key, each in dict(neurons or {}).items()}:
        data["neurons"] = {key: each for key, each in found.items() if each is not None}
    if found := {key: _synapse(key, each) for key, each in dict(synapses or {}).items()}:
        data["synapses"] = {key: each for key, each in found.items() if each is not None}
    data["areas"] = [_area(each) for each in _listed(areas)]
    data["projections"] = [_projection(each) for each in _listed(projections)]
    if blocks := [_table(each, ProjectionTable) for each in _listed(projection_tables)]:
        data["projection_tables"] = blocks
    return data


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]


def _neuron(name: str, given: Any) -> Any:
    if isinstance(given, Neuron) and not isinstance(given.refractory, str):  # a quantity; Brian2's text multiplies
        given = dataclasses.replace(given, refractory=str(plain(given.refractory)).replace(" ", "*"))
    return neuron_table(name, given) if isinstance(given, NeuronModel) else _table(given, Neuron)


def _synapse(name: str, given: Any) -> Any:
    return synapse_table(name, given) if isinstance(given, SynapseModel) else _table(given, Synapse)


def _area(given: Any) -> Any:
    if isinstance(given, ReadArea):
        return area_table(given)
    table = _table(given, Area)
    if isinstance(given, Area):
        table["populations"] = [_population(each) for each in _listed(given.populations)]
    return table


def _population(given: Any) -> Any:
    return population_table(given) if isinstance(given, ReadPopulation) else _table(given, Population)


def _projection(given: Any) -> Any:
    return projection_table(given) if isinstance(given, ReadProjection) else _table(given, Projection)


def _table(given: Any, kind: type) -> Any:
    """Return a table; of something else what it is, so that the checks name it."""
    return {key: plain(value) for key, value in said_of(given).items()} if isinstance(given, kind) else plain(given)
