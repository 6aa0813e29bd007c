"""The graded twin of a circuit: rectified rates instead of spikes, with the same projections and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.circuit.circuit import Circuit, Population, Projection
from brainlearn.neurons import NEURONS
from brainlearn.neurons.model import NeuronModel
from brainlearn.synapses import SYNAPSES
from brainlearn.units import parse_quantity

UNIT, OUTPUT, STIMULUS, SYNAPSE = "graded", "graded_output", "graded_stimulus", "graded"


def graded_twin(circuit: Circuit, outputs: Sequence[str] = ()) -> Circuit:
    """Return the circuit with graded units that update synchronously, once in each time step.

    Sizes, names, masks, signs, initial weights and divisive normalisation stay. What only spikes have goes: time
    constants, refractoriness, compartments, nudges, delays. A circuit without spikes comes back as it is.

    Parameters
    ----------
    circuit : Circuit
    outputs : sequence of str
        Paths of populations whose activity is the answer. They are not rectified: a rectified output that is silent
        for every stimulus has no gradient and would stay silent.

    Returns
    -------
    Circuit
    """
    if not any(circuit.models[p.path].threshold for p in circuit.populations):
        return circuit
    unit = replace(NEURONS[UNIT], parameters={"tau": circuit.dt})  # with tau = dt: activity = max(0, drive)
    areas = tuple(
        replace(area, populations=tuple(_population(circuit, p, outputs) for p in area.populations))
        for area in circuit.areas
    )
    return circuit.with_parts(
        name=f"{circuit.name}, graded",
        areas=areas,
        projections=tuple(_projection(p) for p in circuit.projections),
        neurons={UNIT: unit, OUTPUT: _unrectified(unit), STIMULUS: NEURONS[STIMULUS]},
        synapses={SYNAPSE: SYNAPSES[SYNAPSE]},
    )


def _unrectified(unit: NeuronModel) -> NeuronModel:
    equations = unit.equations.replace("clip(drive, 0, inf)", "drive")
    return replace(unit, name=OUTPUT, equations=equations, description="graded unit, leaky, not rectified")


def _population(circuit: Circuit, population: Population, outputs: Sequence[str]) -> Population:
    stimulus = circuit.models[population.path].kind == "stimulus"
    unit = OUTPUT if population.path in outputs else UNIT
    return replace(population, neuron=STIMULUS if stimulus else unit, parameters={}, initial={}, dropout=0.0)


def _projection(projection: Projection) -> Projection:
    return replace(projection, synapse=SYNAPSE, delay=parse_quantity("0 ms"), short_term_plasticity=None)


def depth(circuit: Circuit) -> int:
    """Return how many synchronous steps an image needs to reach the highest area."""
    levels = [area.level for area in circuit.areas]
    return max(max(levels) - min(levels), 1)
