"""Checks across the tables of a circuit file: names, levels, signs, delays, sheets, sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from brainlearn.circuit.convolving import check_convolution
from brainlearn.circuit.degrees import check_degrees, population_size
from brainlearn.circuit.distributions import StoredQuantity
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.fast_weights_check import check_fast_weights
from brainlearn.circuit.reciprocal import check_reciprocal
from brainlearn.circuit.resolve import parameter_mistakes
from brainlearn.circuit.schema import (
    BY_DISTANCE,
    MOST_STEPS,
    AllButOwn,
    FromFile,
    Local,
    OneToOne,
    PopulationTable,
    ProjectionTable,
    Square,
)
from brainlearn.circuit.signs import check_signs
from brainlearn.circuit.tied import check_tied, projection_name
from brainlearn.circuit.validation import show, unknown
from brainlearn.mistakes import Mistake, closest
from brainlearn.neurons import NeuronModel
from brainlearn.synapses import SynapseModel
from brainlearn.units import Quantity


def check_draft(
    draft: Draft, neurons: Mapping[str, NeuronModel | None], synapses: Mapping[str, SynapseModel | None]
) -> None:
    """Add every mistake between tables to ``draft.mistakes``; what is None is unknown and passes."""
    populations = {path: table for *_, path, table in draft.all_populations()}
    draft.mistakes += _duplicates(draft)
    for a, p, _, table in draft.all_populations():
        if table.neuron is not None and table.neuron not in neurons:
            place = draft.place("areas", a, "populations", p, "neuron")
            draft.mistakes.append(unknown(place, "neuron model", table.neuron, neurons))
        elif table.parameters and (model := neurons.get(table.neuron or "")) is not None:
            place = draft.place("areas", a, "populations", p, "parameters")
            draft.mistakes += parameter_mistakes(place, table.parameters, model)
    for index, projection in enumerate(draft.projections):
        if projection is not None:
            draft.mistakes += _check_ends(draft, index, projection, populations)
            draft.mistakes += _check_level(draft, index, projection)
            draft.mistakes += _check_delay(draft, index, projection)
            draft.mistakes += _check_sheets(draft, index, projection, populations)
            draft.mistakes += check_convolution(draft, index, projection, populations)
            draft.mistakes += check_degrees(draft, index, projection, populations)
            draft.mistakes += check_tied(draft, index, projection, populations)
            draft.mistakes += check_reciprocal(draft, index, projection)
            draft.mistakes += _check_synapse(draft, index, projection, populations, neurons, synapses)
            draft.mistakes += check_signs(draft, index, projection, populations, synapses)


def _duplicates(draft: Draft) -> Iterator[Mistake]:
    areas = {("areas", i, "name"): area.name for i, area in enumerate(draft.areas) if area}
    yield from _repeated(draft, areas, "area name")
    for a, tables in enumerate(draft.populations):
        names = {("areas", a, "populations", p, "name"): table.name for p, table in enumerate(tables) if table}
        yield from _repeated(draft, names, "population name within the area")
    named = {
        ("projections", i, "name"): projection_name(projection)
        for i, projection in enumerate(draft.projections)
        if projection and (projection.name or (projection.source and projection.target))
    }
    yield from _repeated(draft, named, "projection name")


def _repeated(draft: Draft, names: Mapping[Any, str | None], what: str) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for steps, name in names.items():
        if name in first:
            suggestion = f"{first[name].rpartition('.')[0]} already has this name."
            yield Mistake(draft.place(*steps), f"duplicate {what}", show(name), "a unique name", suggestion)
        elif name:
            first[name] = draft.place(*steps).partition(": ")[2]


def _check_ends(
    draft: Draft, index: int, projection: ProjectionTable, populations: Mapping[str, PopulationTable]
) -> Iterator[Mistake]:
    for end in ("source", "target"):
        path = getattr(projection, end)
        if path is None or path in populations:
            continue
        place, area = draft.place("projections", index, end), path.partition("/")[0]
        inside = [p.partition("/")[2] for p in populations if p.startswith(area + "/")]
        wrong = f'no population "{path}"' + (f"; {area} contains {', '.join(inside)}" if inside else "")
        suggestion = closest(path, populations) or "Add it to an area."
        yield Mistake(place, wrong, show(path), ", ".join(populations), suggestion)


def _check_level(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    levels = {area.name: area.level for area in reversed(draft.areas) if area}  # of two with one name, the first
    source, target = (levels.get((path or "").partition("/")[0]) for path in (projection.source, projection.target))
    if source is None or target is None or projection.pathway is None:
        return
    right = "bottom_up" if target > source else "top_down" if target < source else "lateral"
    if projection.pathway != right:
        place = draft.place("projections", index, "pathway")
        wrong = f"the pathway contradicts the levels: from level {source} to level {target}"
        yield Mistake(place, wrong, show(projection.pathway), show(right), f"Write {show(right)}, or change a level.")


def _check_delay(draft: Draft, index: int, projection: ProjectionTable) -> Iterator[Mistake]:
    delay, dt = projection.delay, draft.header.dt if draft.header else None
    if isinstance(delay, StoredQuantity) and not isinstance(projection.connectivity, FromFile | None):
        place, allowed = draft.place("projections", index, "delay"), 'connectivity = { kind = "file", … }'
        yield Mistake(place, "delays from a file need synapses from a file", show(delay.text), allowed)
    if not isinstance(delay, Quantity):
        return  # of tables it is seen that no draw is negative
    place = draft.place("projections", index, "delay")
    if delay.value < 0:
        yield Mistake(
            place,
            "negative delay",
            show(delay.text),
            "0 ms or more",
            "A spike cannot arrive before it is sent.",
        )
    elif dt is not None and (steps := delay.value / dt.value) > MOST_STEPS:
        allowed = f"at most {MOST_STEPS:,} steps of {dt.text}"
        yield Mistake(place, "the delay is too long", show(delay.text), allowed, "Check its unit.")
    elif dt is not None and abs(round(steps) - steps) > 1e-6:
        near = max(1, round(steps))
        suggestion = f"The nearest is {near} × {dt.text}."
        yield Mistake(
            place, "not a whole number of time steps", show(delay.text), f"multiples of {dt.text}", suggestion
        )


def _check_sheets(
    draft: Draft, index: int, projection: ProjectionTable, populations: Mapping[str, PopulationTable]
) -> Iterator[Mistake]:
    local = projection.connectivity
    place = draft.place("projections", index, "connectivity")
    ends = [populations.get(path or "") for path in (projection.source, projection.target)]
    if isinstance(local, OneToOne | AllButOwn):
        sizes = [population_size(end) for end in ends if end]
        if len(set(sizes)) > 1:
            wrong = f'"{local.kind}" needs equally many units at both ends'
            yield Mistake(place, wrong, f"{sizes[0]} and {sizes[1]}", "populations of one size")
    if not isinstance(local, Local | Square | BY_DISTANCE):
        return
    flat = [
        path for path, end in zip((projection.source, projection.target), ends, strict=True) if end and not end.sheet
    ]
    if flat:
        suggestion = "Write sheet = [rows, columns] in the population."
        yield Mistake(
            place,
            f'"{local.kind}" needs sheets' if isinstance(local, BY_DISTANCE) else "local receptive fields need sheets",
            f"{', '.join(flat)} without",
            "a sheet at both ends",
            suggestion,
        )
    sheets = [end.sheet for end in ends if end and end.sheet]
    if len(sheets) == 2:
        nearest = _farthest_nearest_source(*sheets)
        if isinstance(local, Local) and local.radius < nearest - 1e-9:
            wrong = "some target units receive input from no source unit"
            yield Mistake(
                draft.place("projections", index, "connectivity", "radius"),
                wrong,
                show(local.radius),
                f"at least {nearest:.3g} for these sheets",
            )


def _farthest_nearest_source(source: tuple[int, int], target: tuple[int, int]) -> float:
    """Largest distance of any target unit from its nearest source unit."""
    sides = []
    for rows_source, rows_target in zip(source, target, strict=True):
        centres = (np.arange(rows_target) + 0.5) * (rows_source / rows_target) - 0.5
        nearest = np.clip(np.round(centres), 0, rows_source - 1)
        sides.append(np.abs(nearest - centres).max())
    return float(np.hypot(*sides))


def _check_synapse(
    draft: Draft,
    index: int,
    projection: ProjectionTable,
    populations: Mapping[str, PopulationTable],
    neurons: Mapping[str, NeuronModel | None],
    synapses: Mapping[str, SynapseModel | None],
) -> Iterator[Mistake]:
    if projection.synapse is None:
        return
    place = draft.place("projections", index, "synapse")
    if projection.synapse not in synapses:
        yield unknown(place, "synapse model", projection.synapse, synapses)
        return
    synapse = synapses[projection.synapse]
    source, target = (_model(path, populations, neurons) for path in (projection.source, projection.target))
    if target is not None and target.kind == "stimulus":
        end = draft.place("projections", index, "target")
        wrong, allowed = "a stimulus receives no synapses", "a population that is not a stimulus"
        yield Mistake(end, wrong, show(projection.target), allowed, _no_stimulus(draft, target))
    if synapse and source and synapse.on_pre and not source.threshold:
        wrong = f"{projection.source} ({source.name}) never spikes, but this synapse is triggered by spikes"
        continuous = ", ".join(name for name, each in synapses.items() if each and each.transmit)
        yield Mistake(place, wrong, show(projection.synapse), f"a synapse with continuous transmission: {continuous}")
    if synapse and synapse.transmit and projection.short_term_plasticity is not None:
        end, found = draft.place("projections", index, "short_term_plasticity"), show(projection.synapse)
        yield Mistake(
            end, "short-term plasticity needs a spike-triggered synapse", found, "a synapse model with `on_pre`"
        )
    ends = [populations.get(path or "") for path in (projection.source, projection.target)]
    pairs = math.prod(population_size(end) for end in ends if end)
    yield from check_fast_weights(draft, index, projection, pairs, synapse, target)


def _no_stimulus(draft: Draft, model: NeuronModel) -> str:
    """Say how a model with an input, such as an output with targets, is told from a stimulus."""
    table = draft.neurons.get(model.name)
    if table is None or table.kind is not None or not table.input:
        return ""
    kind = "spiking" if table.threshold.strip() else "graded"
    return f'A model with `input` counts as a stimulus; if {model.name} is none, write kind = "{kind}" in it.'


def _model(
    path: str | None, populations: Mapping[str, PopulationTable], neurons: Mapping[str, NeuronModel | None]
) -> NeuronModel | None:
    population = populations.get(path or "")
    return neurons.get(population.neuron) if population and population.neuron else None
