"""The part of a circuit that is written as NIR, and everything that NIR, or its reader, cannot represent."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.unit_values import unit_values
from brainlearn.interchange.reader import Reader
from brainlearn.interchange.units import NotSaid, Unit, unit_of
from brainlearn.mistakes import Mistake, UserError
from brainlearn.units import Quantity


@dataclass(frozen=True)
class Plan:
    """What is written, and for whom.

    Parameters
    ----------
    circuit : Circuit
    reader : Reader
    units : dict of str to Unit
        By the path of the population.
    stimuli : dict of str to slice
        Where each stimulus is in the input.
    """

    circuit: Circuit
    reader: Reader
    units: dict[str, Unit]
    stimuli: dict[str, slice]

    @property
    def dt(self) -> float:
        """Time step of the circuit [s]."""
        return float(self.circuit.dt.value)

    @property
    def inputs(self) -> int:
        """How many numbers the input has."""
        return max((place.stop for place in self.stimuli.values()), default=0)

    @property
    def step(self) -> float:
        """Time step of the reader [s]."""
        return self.reader.step_for(self.dt)


def plan(circuit: Circuit, reader: Reader, subtract: bool, seed: int) -> Plan:
    """Read what every population is; `seed` is that of what differs between units.

    Raises
    ------
    UserError
        With everything that cannot be said.
    """
    found, mistakes = _read(circuit, reader, seed)
    mistakes += [mistake for path, unit in found.units.items() for mistake in _limits(found, path, unit, subtract)]
    mistakes += [mistake for projection in circuit.projections for mistake in _obstacles(found, projection)]
    if not found.units and not mistakes:
        mistakes.append(Mistake(circuit.path, "NIR needs a population that spikes"))
    if mistakes:
        raise UserError(*dict.fromkeys(mistakes))
    return found


def _read(circuit: Circuit, reader: Reader, seed: int) -> tuple[Plan, list[Mistake]]:
    """Read every population, and return what NIR has no unit for."""
    units: dict[str, Unit] = {}
    stimuli: dict[str, slice] = {}
    mistakes: list[Mistake] = []
    first = 0
    for population in circuit.populations:
        model = circuit.models[population.path]
        if model.kind == "stimulus":
            stimuli[population.path] = slice(first, first + population.size)
            first += population.size
            continue
        try:
            values = unit_values(circuit, population.path, 1, seed)
            units[population.path] = unit_of(model, {name: each[0] for name, each in values.items()})
        except NotSaid as error:
            where = f"{circuit.path}: {population.path}: neuron {population.neuron}"
            mistakes.append(Mistake(where, error.wrong, error.found))
    return Plan(circuit, reader, units, stimuli), mistakes


def _limits(plan: Plan, path: str, unit: Unit, subtract: bool) -> list[Mistake]:
    """Return what of a unit cannot be represented."""
    where = f"{plan.circuit.path}: {path}"
    if unit.reset is None and not subtract:
        hint = 'Use --subtract to write reset = "subtract" into the metadata; the reader must then apply it.'
        return [Mistake(where, "NIR resets to a value, but this unit resets by subtraction", "", "", hint)]
    if unit.reset is not None and np.any(unit.reset) and plan.reader.stepwise:
        found = f"{np.ravel(unit.reset)[0]:g}"
        return [Mistake(where, f"{plan.reader.name} resets to 0 whatever the file says", found)]
    return []


def _obstacles(plan: Plan, projection: Projection) -> list[Mistake]:
    """Return what of a projection cannot be represented."""
    circuit = plan.circuit
    where = f"{circuit.path}: {projection.name}"
    unit = plan.units.get(projection.target)
    if unit is None or (projection.source not in plan.units and projection.source not in plan.stimuli):
        return []  # said of the population
    found = []
    if circuit.population(projection.source).normalisation is not None:
        found.append(Mistake(where, "NIR has no divisive normalisation", f"that of {projection.source}"))
    if not isinstance(projection.delay, Quantity):
        wrong, allowed = "NIR has no individual delays of synapses", "one delay for all synapses"
        found.append(Mistake(where, wrong, projection.delay.text, allowed))
    elif circuit.synapses[projection.synapse].transmit and projection.delay.value > 0:
        wrong = "NIR has no delay of continuous transmission"
        found.append(Mistake(where, wrong, projection.delay.text, "0 ms"))
    if projection.short_term_plasticity is not None:
        found.append(Mistake(where, "NIR has no short-term plasticity", projection.short_term_plasticity.text))
    if projection.fast_weights is not None:
        found.append(Mistake(where, "NIR has no fast weights", projection.fast_weights.text))
    kind = kind_of(circuit, projection)
    incoming = {kind_of(circuit, p) for p in circuit.projections if p.target == projection.target}
    if (
        kind is None
        or (kind == "synaptic") != (unit.tau_synapse is not None)
        or len(incoming - {"current", "delta"}) > 1
    ):
        allowed = "spikes that add to the membrane, or currents; or only spikes that add to a synaptic current"
        found.append(
            Mistake(where, "NIR has no such synapse", f"{projection.synapse} onto {projection.target}", allowed)
        )
    elif kind == "delta" and unit.reset is not None and plan.reader.stepwise:
        wrong = "brainlearn discards a spike that arrives in the step of a reset, the reader does not"
        found.append(Mistake(where, wrong, f"{projection.synapse} onto {projection.target}, which resets to a value"))
    return found


def kind_of(circuit: Circuit, projection: Projection) -> str | None:
    """Return what a synapse acts on: ``current``, ``delta`` (the membrane), ``synaptic``; None if NIR has none such."""
    model = circuit.synapses[projection.synapse]
    source = circuit.models[projection.source]
    text = re.sub(r"\s", "", model.transmit or model.on_pre)
    if text == "current_post=w*activity_pre" and source.kind == "stimulus" and source.output == "activity":
        return "current"
    return {"v_post+=w": "delta", "synaptic_post+=w": "synaptic"}.get(text)
