"""Check that a circuit has the mirrors that its engine, baselines and angles need, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from brainlearn.brian.share import ALONE
from brainlearn.circuit import Circuit, Population
from brainlearn.circuit.distributions import ConstantQuantity, StoredQuantity
from brainlearn.circuit.schema import AllToAll, Constant
from brainlearn.circuit.wiring import wire
from brainlearn.experiment.baseline_circuit import baseline_circuit
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.neurons.varying import written_equations
from brainlearn.synapses import SYNAPSES, SynapseModel
from brainlearn.units import Dimensional, Quantity


def find_unrendered(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield what has no rendering in PyTorch, for the engine, and the first baseline or angle that needs it.

    PyTorch is imported only where it takes a look: built-in models have a mirror. Unlike those of the table of checks
    these mistakes name their file, which is that of the circuit; its text must be right.
    """
    names = settings.baselines.chosen()
    asked = [(f"baselines.{name}", baseline_circuit(settings, circuit, name)) for name in names]
    asked += [("alignment", circuit)] if settings.alignment is not None else []
    if settings.training.engine == "mirror":
        yield from find_unlearnable(circuit)
    for table, needed in asked:
        if not _known_to_render(needed):
            mistakes = _refusals(needed, table)
            yield from mistakes
            if mistakes:
                return


def _refusals(circuit: Circuit, table: str) -> list[Mistake]:
    from brainlearn.mirror import Mirror

    try:
        Mirror(_smallest(circuit))
    except UserError as error:
        hint = f"Or remove [{table}] from the experiment: it needs the mirror."
        return [replace(each, suggestion=f"{each.suggestion} {hint}".strip()) for each in error.mistakes]
    return []


def find_unlearnable(circuit: Circuit) -> list[Mistake]:
    """Return why a circuit cannot learn by rules in the mirror."""
    if _known_to_render(circuit):
        return []
    from brainlearn.mirror.learning.circuit import MirrorCircuit

    smallest = _smallest(circuit)
    try:
        MirrorCircuit(smallest, 1, wire(smallest, 0), (), "shared", ALONE, 0)
    except UserError as error:
        hint = 'Or let Brian2 simulate it: training.engine = "brian".'
        return [replace(each, suggestion=f"{each.suggestion} {hint}".strip()) for each in error.mistakes]
    return []


def _smallest(circuit: Circuit) -> Circuit:
    """Return the circuit with one unit in each population: what can be rendered does not depend on sizes or weights."""

    def one(population: Population) -> Population:
        model = circuit.models[population.path]
        parameters = {**population.parameters, **_same(model.varied)}
        initial = {**population.initial, **_same(model.varied_initial)}
        return replace(population, size=1, sheet=None, channels=1, parameters=parameters, initial=initial)

    plain: Any = {"weights": Constant(distribution="constant", value=0.0), "connectivity": AllToAll(kind="all_to_all")}
    areas = tuple(replace(area, populations=tuple(map(one, area.populations))) for area in circuit.areas)
    drawn = ConstantQuantity(distribution="constant", value=circuit.dt)
    delays = (drawn if isinstance(p.delay, StoredQuantity) else p.delay for p in circuit.projections)
    projections = tuple(
        replace(p, self_connections=True, delay=delay, **plain)
        for p, delay in zip(circuit.projections, delays, strict=True)
    )
    return circuit.with_parts(areas=areas, projections=projections)


def _same(varied: Mapping[str, Dimensional]) -> dict[str, Dimensional]:
    """Return tables from which all units get the same: some number of the right unit."""
    values = {name: Quantity(1.0, table.dimension, "1") for name, table in varied.items()}
    return {name: ConstantQuantity(distribution="constant", value=value) for name, value in values.items()}


def _known_to_render(circuit: Circuit) -> bool:
    """Return whether a circuit consists of built-in models without random numbers, whatever their parameters."""
    neurons = [circuit.models[p.path] for p in circuit.populations]
    synapses = [circuit.synapses[p.synapse] for p in circuit.projections]
    return all(map(_built_in_neuron, neurons)) and all(map(_built_in_synapse, synapses))


def _built_in_neuron(model: NeuronModel) -> bool:
    return "rand" not in model.threshold and any(_text(model) == _text(each) for each in NEURONS.values())


def _built_in_synapse(model: SynapseModel) -> bool:
    return any((model.on_pre, model.transmit) == (each.on_pre, each.transmit) for each in SYNAPSES.values())


def _text(model: NeuronModel) -> tuple[object, ...]:
    return written_equations(model), model.threshold, model.reset, model.refractory, model.method, model.kept
