"""The part of a circuit that is written as SONATA for NEST, and everything in it that NEST does not have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from brainlearn.circuit import Circuit, Population, Projection
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.unit_values import unit_values
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.interchange.node_names import node_names
from brainlearn.interchange.sonata.cell import Cell, NotSaid, Number, cell_of
from brainlearn.interchange.sonata.conductances import conducting
from brainlearn.interchange.sonata.effects import Effect, effect_of, signs_of
from brainlearn.interchange.sonata.integrate_and_fire import leaky
from brainlearn.interchange.sonata.izhikevich import simple
from brainlearn.interchange.sonata.nest_units import Input, NestUnits
from brainlearn.interchange.sonata.short_term import SynapseType, synapse_type
from brainlearn.mistakes import Mistake, UserError
from brainlearn.units import Quantity

MODELS = "iaf_psc_delta, iaf_psc_exp, iaf_cond_exp, aeif_cond_exp, izhikevich"


@dataclass(frozen=True)
class Edges:
    """The synapses of one projection.

    Parameters
    ----------
    projection : Projection
    wiring : Wiring or Rows
    scale : Number
        What weights are multiplied by: a number, or (post,) array.
    later : int
        Steps by which delays are longer than here.
    synapse : SynapseType
    """

    projection: Projection
    wiring: AnyWiring
    scale: Number
    later: int
    synapse: SynapseType


@dataclass(frozen=True)
class Generator:
    """Poisson trains onto every unit of a population, as one generator that gives each its own.

    Parameters
    ----------
    name : str
        Of its node population.
    target : str
        Path of a population.
    rate : float
        Of all trains onto a unit together [Hz].
    weight : Number
        In NEST: a number, or (post,) array.
    delay : int
        [steps]
    """

    name: str
    target: str
    rate: float
    weight: Number
    delay: int


@dataclass(frozen=True)
class Plan:
    """What is written.

    Parameters
    ----------
    circuit : Circuit
    names : mapping of str to str
        Of nodes and edges in SONATA, by path and by the name of the projection.
    units : dict of str to NestUnits
        By path, of populations that NEST simulates.
    virtual : tuple of str
        Paths of stimuli, whose spikes are given.
    generators : list of Generator
    edges : list of Edges
    """

    circuit: Circuit
    names: Mapping[str, str]
    units: dict[str, NestUnits] = field(default_factory=dict)
    virtual: tuple[str, ...] = ()
    generators: list[Generator] = field(default_factory=list)
    edges: list[Edges] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """Why spikes differ in NEST, population by population."""
        return [f"{path}: {units.note}" for path, units in self.units.items() if units.note]


def plan_of(circuit: Circuit, wiring: Mapping[str, AnyWiring], seed: int, given: Collection[str] = ()) -> Plan:
    """Read what every population and projection is in NEST.

    Parameters
    ----------
    circuit : Circuit
    wiring : mapping of str to Wiring or Rows
        Of every projection, in double precision.
    seed : int
        Of what differs between units.
    given : collection of str
        Paths of stimuli whose spikes are known.

    Raises
    ------
    UserError
        With everything that NEST does not have.
    """
    plan = Plan(circuit, node_names(circuit), virtual=tuple(given))
    mistakes: list[Mistake] = []
    effects: dict[str, Effect] = {}
    for projection in circuit.projections:
        place = f"{circuit.path}: {projection.place('synapse')}"
        effect = _said(mistakes, place, partial(effect_of, circuit, projection))
        if effect is not None:
            effects[projection.name] = effect
    signs = signs_of(circuit, effects, wiring)
    for population in circuit.populations:
        _read_population(plan, population, signs[population.path], seed, mistakes)
    if not plan.units and not mistakes:
        mistakes.append(Mistake(circuit.path, "NEST needs a population that spikes"))
    for projection in circuit.projections:
        if projection.name in effects and projection.target in plan.units:
            _read_projection(plan, projection, effects[projection.name], wiring[projection.name], mistakes)
    if mistakes:
        raise UserError(*dict.fromkeys(mistakes))
    return plan


def _said(mistakes: list[Mistake], place: str, read: Callable[[], Any]) -> Any:
    """Return what `read` finds; None with a mistake if NEST does not have it."""
    try:
        return read()
    except NotSaid as error:
        mistakes.append(Mistake(place, error.wrong, error.found, error.allowed, error.suggestion))
        return None


def _read_population(
    plan: Plan, population: Population, signs: Mapping[str, frozenset[int]], seed: int, mistakes: list[Mistake]
) -> None:
    """Add a population, with its Poisson trains, to the plan."""
    circuit, path = plan.circuit, population.path
    model = circuit.models[path]
    where = f"{circuit.path}: {path}"
    if model.kind == "stimulus":
        if path not in plan.virtual:
            mistakes.append(_no_spikes(where, model.threshold != ""))
        return
    if population.normalisation is not None:
        mistakes.append(Mistake(where, "NEST has no divisive normalisation"))
    if differing := [name for name, table in {**model.varied, **model.varied_initial}.items() if _each_copy(table)]:
        hint = "Leave each_copy out."
        mistakes.append(
            Mistake(where, "NEST has one copy, but each copy has its own values", ", ".join(differing), "", hint)
        )
        return
    values = {name: each[0] for name, each in unit_values(circuit, path, 1, seed).items()}
    place = f"{where}: neuron {population.neuron}"
    units = _said(mistakes, place, lambda: units_of(cell_of(model, values, float(circuit.dt.value), signs), values))
    if units is None:
        return
    plan.units[path] = units
    for number, each in enumerate(population.poisson_input):
        entry = units.inputs.get(each.variable)
        if entry is None:
            mistakes.append(_no_entry(f"{where}: poisson_input[{number}].variable", units, each.variable))
            continue
        name = f"{plan.names[path]}_poisson" + (f"_{number + 1}" if number else "")
        weight = each.weight.value * entry.scale
        plan.generators.append(Generator(name, path, each.number * each.rate.value, weight, max(entry.later, 1)))


def units_of(cell: Cell, values: Mapping[str, np.ndarray]) -> NestUnits:
    """Return the model of NEST that a cell is; NotSaid if there is none."""
    side = cell.text.right_sides[cell.membrane]
    if any(names.count(cell.membrane) > 1 for names in side.terms):
        return simple(cell, values)
    if side.exponentials or any(len(names) > 1 for names in side.terms) or _adapts(cell):
        return conducting(cell, values)
    return leaky(cell, values)


def _adapts(cell: Cell) -> bool:
    """Return whether a variable beside the membrane follows it."""
    return any((cell.membrane,) in cell.text.right_sides[name].terms for name in cell.others)


def _read_projection(
    plan: Plan, projection: Projection, effect: Effect, wiring: AnyWiring, mistakes: list[Mistake]
) -> None:
    """Add a projection to the plan."""
    circuit, units = plan.circuit, plan.units[projection.target]
    entry: Input | None = units.inputs.get(effect.variable)
    if entry is None:
        mistakes.append(_no_entry(f"{circuit.path}: {projection.place('synapse')}", units, effect.variable))
        return
    place = f"{circuit.path}: {projection.place('short_term_plasticity')}"
    synapse = _said(mistakes, place, lambda: synapse_type(projection))
    least = _least_delay(projection, wiring, float(circuit.dt.value))
    if least + entry.later < 1:
        wrong = f"in NEST, delays onto {units.model} are at least one step"
        hint = f'Write delay = "{circuit.dt.text}", or draw delays from there on.'
        mistakes.append(Mistake(f"{circuit.path}: {projection.place('delay')}", wrong, "0 ms", "a step", hint))
    elif synapse is not None:
        plan.edges.append(Edges(projection, wiring, effect.factor * entry.scale, entry.later, synapse))


def _least_delay(projection: Projection, wiring: AnyWiring, dt: float) -> int:
    """Return the shortest delay [steps]."""
    if isinstance(wiring, Rows) and wiring.delays is not None:
        return int(wiring.delays.min(initial=np.iinfo(wiring.delays.dtype).max))
    assert isinstance(projection.delay, Quantity)
    return round(projection.delay.value / dt)


def _each_copy(table: object) -> bool:
    return bool(getattr(table, "each_copy", False))


def _no_entry(where: str, units: NestUnits, variable: str) -> Mistake:
    allowed = ", ".join(units.inputs) or "nothing"
    return Mistake(where, f"spikes do not add to this variable of NEST's {units.model}", variable, allowed)


def _no_spikes(where: str, spikes: bool) -> Mistake:
    if not spikes:
        hint = "Let its values be parameters of the neurons, or make it a population that spikes."
        return Mistake(where, "SONATA's inputs are spikes, but this stimulus sends values", "", "", hint)
    wrong = "SONATA's virtual nodes need spikes, which a circuit file does not contain"
    hint = "Simulate it with its inputs, and export the folder: brainlearn simulate … --output RUN."
    return Mistake(where, wrong, "", "the folder of a simulation", hint)
