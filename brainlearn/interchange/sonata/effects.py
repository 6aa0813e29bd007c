"""What spikes add to which variable: of projections, and of Poisson trains from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from brainlearn.brian.text.statement import statements_of
from brainlearn.brian.text.synapse_constants import synapse_constants
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.expression import CONSTANTS
from brainlearn.interchange.sonata.cell import NotSaid
from brainlearn.units import UNITS


@dataclass(frozen=True)
class Effect:
    """``variable += factor*w`` at the target of a projection.

    Parameters
    ----------
    variable : str
    factor : float
        [SI units of the variable]
    """

    variable: str
    factor: float


def effect_of(circuit: Circuit, projection: Projection) -> Effect:
    """Read the text of a projection's synapses.

    Raises
    ------
    NotSaid
        If a weight does anything else than to add to one variable.
    """
    synapse = circuit.synapses[projection.synapse]
    if synapse.transmit:
        hint = "Spikes are exported; a constant input can be a parameter of the neuron model."
        raise NotSaid("NEST's synapses carry spikes", f"`{synapse.transmit.strip()}`", "on_pre", hint)
    statements = statements_of(synapse)
    if len(statements) > 1:
        raise NotSaid("a synapse of NEST acts on one variable", f"`{synapse.on_pre.strip()}`", "one statement")
    known = {name: float(value) for name, value in synapse_constants(circuit, projection).items()}
    known = {**known, **{name: unit[0] for name, unit in UNITS.items()}, **CONSTANTS}
    (statement,) = statements
    if unknown := sorted(statement.factor.names - known.keys()):
        raise NotSaid(
            "in NEST, a spike cannot carry a variable of its unit", f"{unknown[0]} in `{synapse.on_pre.strip()}`"
        )
    return Effect(statement.target, float(statement.factor(known)))


def signs_of(
    circuit: Circuit, effects: Mapping[str, Effect], wiring: Mapping[str, AnyWiring]
) -> dict[str, dict[str, frozenset[int]]]:
    """Return by population and variable which signs (-1, 0, 1) the numbers have that spikes add to it."""
    found: dict[str, dict[str, set[int]]] = {population.path: {} for population in circuit.populations}
    for projection in circuit.projections:
        if effect := effects.get(projection.name):
            drawn = wiring[projection.name]
            weights = drawn.weights if drawn.mask is None else drawn.weights[drawn.mask]
            bounds = (weights.min(), weights.max()) if weights.size else (0.0, 0.0)
            signs = {int(np.sign(bound)) * int(np.sign(effect.factor)) for bound in bounds}
            found[projection.target].setdefault(effect.variable, set()).update(signs)
    for population in circuit.populations:
        for each in population.poisson_input:
            found[population.path].setdefault(each.variable, set()).add(int(np.sign(each.weight.value)))
    return {path: {name: frozenset(signs) for name, signs in by_name.items()} for path, by_name in found.items()}
