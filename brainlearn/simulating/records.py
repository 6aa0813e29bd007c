"""What to record: ``V1/E:v,spikes``, ``V1/E[0:10]:v``, ``V1/E:rate``, ``V1/E->V2/E:weights``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from brainlearn.brian.simulation import Simulation
from brainlearn.brian.variables import StateVariable, state_variables
from brainlearn.mistakes import Mistake, UserError, closest

SPIKES, RATE, WEIGHTS, NOTHING = "spikes", "rate", "weights", "none"
FORMS = "POPULATION:VARIABLES, POPULATION[UNITS]:VARIABLES, PROJECTION:weights, or none"
EXAMPLE = "As V1/E:v,spikes or V1/E[0:10]:v."
SHOWN_UNITS, SHOWN_GRADED = 5, 100  # that are recorded if nothing is named, of the first copy
_RECORD = re.compile(r"\s*(?P<place>[^\[\]:]+?)\s*(?:\[(?P<units>[^\[\]]*)\])?\s*:\s*(?P<what>[^:]+)")
_SLICE = re.compile(r"(?P<start>\d*):(?P<stop>\d*)(?::(?P<step>[1-9]\d*))?")


@dataclass(frozen=True)
class StateRecord:
    """State variables of some units.

    Parameters
    ----------
    variables : tuple of StateVariable
    units : (unit,) array of int
    copies : (copy,) array of int
    """

    variables: tuple[StateVariable, ...]
    units: np.ndarray
    copies: np.ndarray


@dataclass
class Plan:
    """What is recorded.

    Parameters
    ----------
    spikes : dict of str to (unit,) array of int
        Units of populations, by path.
    states : dict of str to StateRecord
    rates : dict of str to (unit,) array of int
        Units over which the rate is taken.
    weights : list of str
        Names of projections.
    """

    spikes: dict[str, np.ndarray] = field(default_factory=dict)
    states: dict[str, StateRecord] = field(default_factory=dict)
    rates: dict[str, np.ndarray] = field(default_factory=dict)
    weights: list[str] = field(default_factory=list)


def plan_of(simulation: Simulation, asked: str | Sequence[str]) -> tuple[Plan, list[Mistake]]:
    """Check what is to be recorded against a circuit.

    Parameters
    ----------
    simulation : Simulation
    asked : str or sequence of str
        Spikes of all spiking populations are recorded too, unless ``"none"`` is among them; if nothing else is
        named, also the membranes of a few units.

    Returns
    -------
    Plan, list of Mistake
    """
    texts = [asked] if isinstance(asked, str) else [str(each) for each in asked]
    named = [text for text in texts if text.strip() != NOTHING]
    plan = Plan()
    mistakes: list[Mistake] = []
    for text in named:
        try:
            _take(plan, simulation, text)
        except UserError as error:
            mistakes += error.mistakes
    if len(named) == len(texts):
        for path, population in simulation.populations.items():
            if population.spiking:
                plan.spikes.setdefault(path, np.arange(population.population.size))
    if not texts:
        plan.states |= _membranes(simulation)
    return plan, mistakes


def _membranes(simulation: Simulation) -> dict[str, StateRecord]:
    """Return the most informative variable of each population but stimuli, for a few units of one copy."""
    found = {}
    for path, population in simulation.populations.items():
        variables = state_variables(simulation, path)
        moving = [name for name, variable in variables.items() if variable.differential]
        read = [name for name in moving if re.search(rf"\b{name}\b", population.model.threshold)]
        name = next(iter([*read, population.model.output, *moving]), "")
        if population.model.kind != "stimulus" and name in variables:
            shown = SHOWN_UNITS if population.spiking else SHOWN_GRADED
            units = np.arange(min(shown, population.population.size))
            found[path] = StateRecord((variables[name],), units, np.arange(1))
    return found


def _take(plan: Plan, simulation: Simulation, text: str) -> None:
    where = f"record {text}"
    parts = _RECORD.fullmatch(text)
    if parts is None:
        raise UserError(Mistake(where, "does not say what to record", f'"{text}"', FORMS, EXAMPLE))
    place, names = parts["place"], [name.strip() for name in parts["what"].split(",")]
    if "->" in place or place in simulation.projections:
        _take_weights(plan, simulation, place, names, where)
        return
    paths = list(simulation.populations)
    if place not in paths:
        raise UserError(Mistake(where, "no such population", f'"{place}"', ", ".join(paths), closest(place, paths)))
    units = _units(parts["units"], simulation.populations[place].population.size, where)
    if wrong := list(_unknown(simulation, place, names, where)):
        raise UserError(*wrong)
    if SPIKES in names:
        plan.spikes[place] = units
    if RATE in names:
        plan.rates[place] = units
    variables = state_variables(simulation, place)
    if states := tuple(variables[name] for name in dict.fromkeys(names) if name in variables):
        before = plan.states.get(place)
        if before is not None and not np.array_equal(before.units, units):
            allowed = f"the same units in every --record of {place}"
            raise UserError(Mistake(where, "other units than before", f"[{parts['units'] or ':'}]", allowed))
        every = dict.fromkeys((*(before.variables if before else ()), *states))
        plan.states[place] = StateRecord(tuple(every), units, np.arange(simulation.copies))


def _unknown(simulation: Simulation, path: str, names: Iterable[str], where: str) -> Iterable[Mistake]:
    variables = state_variables(simulation, path)
    known = [*variables, *((SPIKES, RATE) if simulation.populations[path].spiking else ())]
    for name in names:
        if name in (SPIKES, RATE) and name not in known:
            yield Mistake(where, f"{path} does not spike", f'"{name}"', ", ".join(known))
        elif name not in known:
            yield Mistake(where, f"{path} has no such variable", f'"{name}"', ", ".join(known), closest(name, known))


def _take_weights(plan: Plan, simulation: Simulation, name: str, what: Sequence[str], where: str) -> None:
    known = list(simulation.projections)
    if name not in known:
        raise UserError(Mistake(where, "no such projection", f'"{name}"', ", ".join(known), closest(name, known)))
    if list(what) != [WEIGHTS]:
        raise UserError(Mistake(where, "not of a projection", f'"{", ".join(what)}"', WEIGHTS))
    if name not in plan.weights:
        plan.weights.append(name)


def _units(text: str | None, size: int, where: str) -> np.ndarray:
    """Return the units that ``0:10``, ``0:100:10``, ``3`` or ``0,5,9`` names, all for None."""
    if text is None:
        return np.arange(size)
    within = _SLICE.fullmatch(text.replace(" ", ""))
    if within is not None:
        start, stop = int(within["start"] or 0), int(within["stop"] or size)
        if start < stop <= size:
            return np.arange(start, stop, int(within["step"] or 1))
    elif re.fullmatch(r"\d+(,\d+)*", text.replace(" ", "")):
        units = np.array(sorted({int(each) for each in text.split(",")}))
        if units[-1] < size:
            return units
    allowed = f"numbers from 0 to {size - 1}, as [0:{min(size, 10)}] or [0,{size - 1}]"
    raise UserError(Mistake(where, "no such units", f"[{text}]", allowed))
