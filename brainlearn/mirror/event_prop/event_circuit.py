"""Which circuits can be followed event by event: feed-forward ones, of units whose spike times have an equation."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from brainlearn.circuit import Circuit, Population, Projection
from brainlearn.circuit.schema import CONVOLVED, Tied
from brainlearn.mirror.event_prop.spike_times import Unit
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NEURONS
from brainlearn.units import Quantity

SPIKES, UNITS, READOUTS = "spike_train", "lif", "leaky_readout"
ONTO = {UNITS: "current", READOUTS: "readout"}  # the synapse that goes with each


def kind_of(circuit: Circuit, path: str) -> str:
    """Return the built-in neuron model whose text a population has; empty if it is none of those above."""
    model = circuit.models[path]
    for name in (SPIKES, UNITS, READOUTS):
        known = NEURONS[name]
        if all(getattr(model, key) == getattr(known, key) for key in ("equations", "threshold", "reset", "kind")):
            return name
    return ""


def unit_of(circuit: Circuit, path: str) -> Unit:
    """Return the constants of a population of `UNITS`."""
    parameters = circuit.models[path].parameters
    return Unit(*(parameters[name].value for name in ("tau_membrane", "tau_synapse", "threshold_v")))


def in_order(circuit: Circuit) -> list[str]:
    """Return the paths of all populations, sources before their targets.

    Raises
    ------
    UserError
        With everything that cannot be followed event by event.
    """
    mistakes = [*_populations(circuit), *(each for p in circuit.projections for each in _projection(circuit, p))]
    sources = {
        p.path: [each.source for each in circuit.projections if each.target == p.path] for p in circuit.populations
    }
    try:
        order = list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        loop, hint = " <- ".join(error.args[1]), "Use `Mirror`, or remove recurrent projections."
        wrong = "spike times are solved one population after the other, which needs a circuit without loops"
        mistakes.append(Mistake(circuit.path, wrong, loop, "feed-forward projections", hint))
    if mistakes:
        raise UserError(*mistakes)
    return order


def _populations(circuit: Circuit) -> Iterator[Mistake]:
    for population in circuit.populations:
        where, kind = f"{circuit.path}: {population.path}", kind_of(circuit, population.path)
        if varied := _varied(population):
            wrong = "units that differ within a population are not supported event by event"
            yield Mistake(where, wrong, ", ".join(varied), "one value for all")
        elif not kind:
            wrong, allowed = "spike times of these units have no closed equation here", f"{SPIKES}, {UNITS}, {READOUTS}"
            yield Mistake(where, wrong, population.neuron, allowed)
        if population.scaled or population.poisson_input:
            wrong = "event-by-event populations support neither normalisation nor dropout nor external spikes"
            yield Mistake(where, wrong, "normalisation, dropout or poisson_input", "none of them")
        if kind == UNITS and not varied:
            unit = unit_of(circuit, population.path)
            if abs(unit.membrane - unit.synapse) < 1e-6 * unit.membrane:
                wrong = "equal time constants of membrane and synapse have a solution of another form"
                found = f"{unit.membrane * 1e3:g} ms"
                yield Mistake(where, wrong, found, "tau_membrane and tau_synapse that differ")


def _varied(population: Population) -> list[str]:
    values = {**population.parameters, **population.initial}
    return [name for name, value in values.items() if not isinstance(value, Quantity)]


def _projection(circuit: Circuit, projection: Projection) -> Iterator[Mistake]:
    where = f'{circuit.path}: projection "{projection.name}"'
    kind = kind_of(circuit, projection.target)
    if kind in (UNITS, READOUTS) and projection.synapse != ONTO[kind]:
        yield Mistake(where, f'onto "{kind}" units', projection.synapse, ONTO[kind])
    if isinstance(projection.connectivity, CONVOLVED):
        yield Mistake(where, "kernels are not followed event by event", projection.connectivity.kind, "matrices, lists")
    if isinstance(projection.weights, Tied) or projection.short_term_plasticity is not None:
        wrong = "tied weights and short-term plasticity are not supported event by event"
        yield Mistake(where, wrong, projection.name, "weights of its own, without short_term_plasticity")
