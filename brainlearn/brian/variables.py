"""The variables of a population as a user sees them: what may be recorded, what may be set, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass

from brian2.core.variables import Subexpression
from brian2.equations.equations import DIFFERENTIAL_EQUATION, PARAMETER, SUBEXPRESSION
from brian2.units.fundamentalunits import Dimension, get_unit

from brainlearn.brian.populations import PopulationGroup
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.text.synapse_text import continuous_inputs
from brainlearn.expression import ExpressionError
from brainlearn.reserved import is_reserved
from brainlearn.units import NONE
from brainlearn.units import Dimension as Exponents

SYMBOLS = {
    "volt": "V",
    "amp": "A",
    "siemens": "S",
    "hertz": "Hz",
    "second": "s",
    "farad": "F",
    "ohm": "ohm",
    "metre": "m",
    "coulomb": "C",
}


@dataclass(frozen=True)
class StateVariable:
    """A variable that the equations of a population declare.

    Parameters
    ----------
    name : str
    dimension : tuple of 7 int
        Exponents of the SI base units.
    units : str
        Its SI unit: ``"V"``, ``"1"``.
    differential : bool
        Whether a differential equation moves it.
    settable : bool
        Whether it stays as it is set from outside: a parameter that no projection sets.
    """

    name: str
    dimension: Exponents
    units: str
    differential: bool
    settable: bool


def state_variables(simulation: Simulation, path: str) -> dict[str, StateVariable]:
    """Return the variables of population `path` that can be recorded, by name; first those that equations move."""
    population = simulation.populations[path]
    driven = {each.variable for each in continuous_inputs(simulation.circuit, path)}
    found = {}
    for name, equation in population.group.equations.items():
        if is_reserved(name) or not _has_values(population, name):
            continue
        settable = equation.type == PARAMETER and name not in driven and name not in population.model.varied
        dimension: Dimension = equation.dim
        differential = equation.type == DIFFERENTIAL_EQUATION
        exponents = tuple(int(each) for each in dimension._dims)
        found[name] = StateVariable(name, exponents, unit_symbol(dimension), differential, settable)
    return dict(sorted(found.items(), key=lambda item: not item[1].differential))


def unit_symbol(dimension: Dimension) -> str:
    """Return the SI unit of a dimension as text: ``"V"``, ``"1"``, ``"m**-2 kg"``."""
    if tuple(dimension._dims) == NONE:
        return "1"
    text = repr(get_unit(dimension))
    return SYMBOLS.get(text, text)


def _has_values(population: PopulationGroup, name: str) -> bool:
    """Return whether a variable can be read as an array; a subexpression cannot if it draws random numbers."""
    if population.has(name):
        return True
    if population.group.equations[name].type != SUBEXPRESSION:
        return False
    if not isinstance(population.group.variables.get(name), Subexpression):
        return False
    try:
        population.value(name)
    except (ExpressionError, KeyError, TypeError, ValueError):
        return False
    return True
