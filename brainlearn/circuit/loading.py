"""From a circuit file to a `Circuit`, or to all of its mistakes at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from brainlearn.circuit.checks import check_draft
from brainlearn.circuit.circuit import Area, Circuit, Population, Projection
from brainlearn.circuit.degrees import population_size
from brainlearn.circuit.draft import Draft, read_draft
from brainlearn.circuit.entry import Entry
from brainlearn.circuit.projection_tables import expand_tables, joined
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.replacing import OtherWeights, Sizes, moved, replace_sizes, replace_weights
from brainlearn.circuit.resolve import resolve_neurons, resolve_synapses
from brainlearn.circuit.schema import AllToAll, Constant, PopulationTable, ProjectionTable
from brainlearn.circuit.shipped import circuit_file
from brainlearn.circuit.signs import effective_sign
from brainlearn.circuit.stored import find_stored_mistakes
from brainlearn.circuit.tied import projection_name
from brainlearn.circuit.unit_values import find_value_mistakes
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NeuronModel
from brainlearn.synapses import SynapseModel
from brainlearn.units import parse_quantity


@dataclass(frozen=True)
class Reading:
    """What was read from a circuit file.

    Parameters
    ----------
    circuit : Circuit or None
        What is right in the file, with placeholders for what is wrong: good for further checks
        only. None if nothing can be read.
    mistakes : tuple of Mistake
    whole : bool
        Whether every population, projection and model of the file is in `circuit`.
    """

    circuit: Circuit | None
    mistakes: tuple[Mistake, ...]
    whole: bool


def read_circuit(
    path: str | Path, sizes: Sizes = MappingProxyType({}), weights: OtherWeights = MappingProxyType({})
) -> Reading:
    """Read a circuit file, collecting mistakes; only Brian2 can read the text of its models.

    Parameters
    ----------
    path : str or Path
        A TOML file, which docs/circuit-files.md describes, or the name of a circuit that comes with brainlearn.
    sizes : mapping of str to int or (int, int)
        Other sizes or sheets for some populations, by path: ``{"V1/E": 500, "retina/image": (28, 28)}``.
    weights : mapping of str to Normal, Uniform, Constant, Tied or Stored
        Other initial weights for some projections, by name.
    """
    try:
        path = circuit_file(path)
        data = read_toml(path)
    except UserError as error:
        return Reading(None, error.mistakes, False)
    return read_tables(data, str(path), sizes, weights)


def read_tables(
    data: dict[str, Any],
    where: str,
    sizes: Sizes = MappingProxyType({}),
    weights: OtherWeights = MappingProxyType({}),
) -> Reading:
    """As `read_circuit`, from the content of a file that is called `where`."""
    draft, circuit, places = _parse(data, where, sizes, weights)
    unsized = {path for *_, path, table in draft.all_populations() if table.size is None and table.sheet is None}
    mistakes = [*draft.mistakes, *find_stored_mistakes(circuit, unsized), *find_value_mistakes(circuit, unsized)]
    return Reading(circuit, tuple(joined(moved(mistake, places) for mistake in mistakes)), _is_whole(draft, circuit))


def parse_circuit(
    data: dict[str, Any],
    where: str,
    sizes: Sizes = MappingProxyType({}),
    weights: OtherWeights = MappingProxyType({}),
) -> tuple[Circuit, list[Mistake]]:
    """As `read_circuit`, from the content of a file that is called `where`; files of weights are not looked at."""
    draft, circuit, places = _parse(data, where, sizes, weights)
    return circuit, joined(moved(mistake, places) for mistake in draft.mistakes)


def _parse(
    data: dict[str, Any], where: str, sizes: Sizes, weights: OtherWeights
) -> tuple[Draft, Circuit, dict[str, str]]:
    """Return the tables with their mistakes, the circuit, and where weights that replace others stand."""
    draft = read_draft(data, where)
    replace_sizes(draft, sizes)
    expand_tables(draft)
    places = replace_weights(draft, weights)
    neurons, synapses = resolve_neurons(draft), resolve_synapses(draft)
    check_draft(draft, neurons, synapses)
    return draft, _build(draft, neurons, synapses), places


def _is_whole(draft: Draft, circuit: Circuit) -> bool:
    no_lists = tuple(draft.place(section) for section in ("areas", "projections", "projection_tables"))
    return (
        draft.header is not None
        and draft.header.dt is not None
        and not any(mistake.where in no_lists for mistake in draft.mistakes)
        and None not in draft.blocks
        and len(circuit.areas) == len(draft.areas)
        and len(circuit.populations) == sum(map(len, draft.populations))
        and len(circuit.projections) == len(draft.projections)
        and all(population.neuron in circuit.neurons for population in circuit.populations)
        and all(projection.synapse in circuit.synapses for projection in circuit.projections)
    )


def _build(
    draft: Draft, neurons: Mapping[str, NeuronModel | None], synapses: Mapping[str, SynapseModel | None]
) -> Circuit:
    """Build a circuit of what is known."""
    header = draft.header
    areas = tuple(_build_area(draft, index) for index, area in enumerate(draft.areas) if area and area.name)
    tables = {path: table for *_, path, table in draft.all_populations()}
    paths = {population.path for area in areas for population in area.populations}
    projections = tuple(
        _build_projection(each, index, tables[each.source], draft.entries.get(index))
        for index, each in enumerate(draft.projections)
        if each and _has_ends(each) and each.source in paths and each.target in paths
    )
    used_neurons = {population.neuron for area in areas for population in area.populations} | set(draft.neurons)
    used_synapses = {projection.synapse for projection in projections} | set(draft.synapses)
    return Circuit(
        name=(header.name if header else None) or "",
        description=(header.description if header else None) or "",
        path=draft.where,
        dt=(header.dt if header else None) or parse_quantity("1 ms"),
        areas=areas,
        projections=projections,
        neurons=MappingProxyType({name: model for name, model in neurons.items() if model and name in used_neurons}),
        synapses=MappingProxyType({name: model for name, model in synapses.items() if model and name in used_synapses}),
    )


def _build_area(draft: Draft, index: int) -> Area:
    area = draft.areas[index]
    assert area is not None
    populations = tuple(
        Population(
            name=table.name,
            area=area.name,
            size=population_size(table),
            sheet=table.sheet,
            neuron=table.neuron,
            sign=table.sign or "mixed",
            normalisation=table.normalisation,
            channels=table.channels or 1,
            poisson_input=tuple(table.poisson_input or ()),
            parameters=MappingProxyType(table.parameters or {}),
            initial=MappingProxyType(table.initial or {}),
        )
        for table in draft.populations[index]
        if table and table.name and table.neuron
    )
    return Area(area.name, area.level if area.level is not None else 0, populations)


def _has_ends(projection: ProjectionTable) -> bool:
    return None not in (projection.source, projection.target, projection.synapse)


def _build_projection(table: ProjectionTable, index: int, source: PopulationTable, entry: Entry | None) -> Projection:
    return Projection(
        name=projection_name(table),
        source=table.source,
        target=table.target,
        pathway=table.pathway or "lateral",
        synapse=table.synapse,
        weights=table.weights or Constant(distribution="constant", value=0.0, per_input=False),
        delay=table.delay or parse_quantity("0 ms"),
        connectivity=table.connectivity or AllToAll(kind="all_to_all"),
        sign=effective_sign(table, source) or "mixed",
        self_connections=bool(table.self_connections),
        index=index,
        short_term_plasticity=table.short_term_plasticity,
        fast_weights=table.fast_weights,
        entry=entry,
    )
