"""Inputs on their way into a simulation: checked against the circuit, then set step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.stretch.rest import FOR_EVER
from brainlearn.brian.variables import StateVariable, state_variables
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.simulating.input_text import RANDOM, course_of_text
from brainlearn.simulating.inputs import Course, Sampled, SpikeTrains, check_dimension, course_of, numbers
from brainlearn.units import DIMENSIONS

LARGEST_RANDOM = {DIMENSIONS["dimensionless"]: 1.0, DIMENSIONS["frequency"]: 200.0}  # in SI units
SAME_STEP = 1e-3  # of a time step: times that far apart are one, as in Brian2


@dataclass(frozen=True)
class Setting:
    """What a variable is set to, and when.

    Parameters
    ----------
    path, variable : str
    steps : (change,) array
        Before which steps, rising.
    values : (change, copy, unit) array
        In SI units; copies and units may be 1.
    """

    path: str
    variable: str
    steps: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Emission:
    """The spikes of a stimulus.

    Parameters
    ----------
    path : str
    steps, indices : (spike,) array
        In the order of steps; units as ``copy * size + unit``.
    """

    path: str
    steps: np.ndarray
    indices: np.ndarray


Feed = Setting | Emission


def feeds_of(
    simulation: Simulation, steps: int, inputs: Mapping[str, Any] | None, seed: int
) -> tuple[list[Feed], list[Mistake], list[str]]:
    """Check inputs against a circuit.

    Parameters
    ----------
    simulation : Simulation
    steps : int
        That will be simulated.
    inputs : mapping of str to anything that `simulate` takes, or None
        None: random values for every stimulus whose unit says which.
    seed : int
        Of random values.

    Returns
    -------
    list of Feed, list of Mistake, list of str
        What to set, what is wrong, and what the user should know.
    """
    mistakes: list[Mistake] = []
    notes: list[str] = []
    if inputs is None:
        inputs = _random_inputs(simulation, notes)
    feeds = []
    for what, value in inputs.items():
        try:
            feeds.append(_feed(simulation, steps, str(what), value, seed))
        except UserError as error:
            mistakes += error.mistakes
    targets = [(each.path, each.variable if isinstance(each, Setting) else "") for each in feeds]
    for path, variable in sorted({each for each in targets if targets.count(each) > 1}):
        mistakes.append(Mistake(f"input {path}", "given twice", f"{path}:{variable}", "once"))
    return feeds, mistakes, notes


def stimuli_of(simulation: Simulation) -> list[str]:
    """Return the paths of populations that only show their input."""
    return [path for path, p in simulation.populations.items() if p.model.kind == "stimulus" and p.model.input]


def _random_inputs(simulation: Simulation, notes: list[str]) -> dict[str, str]:
    stimuli = stimuli_of(simulation)
    known = [path for path in stimuli if _input_variable(simulation, path).dimension in LARGEST_RANDOM]
    if known:
        notes.append(f"no input was given: random values (0 to 1; rates from 0 to 200 Hz) for {', '.join(known)}")
    if unknown := [path for path in stimuli if path not in known]:
        notes.append(f"no input was given: 0 for {', '.join(unknown)}")
    return dict.fromkeys(known, RANDOM)


def _input_variable(simulation: Simulation, path: str) -> StateVariable:
    return state_variables(simulation, path)[simulation.populations[path].model.input]


def _feed(simulation: Simulation, steps: int, what: str, value: Any, seed: int) -> Feed:
    where = f"input {what}"
    path, variable = _target(simulation, what, where)
    if isinstance(value, str) and value.strip() == RANDOM:
        course: Course | SpikeTrains = _random_course(simulation, path, variable, seed, where)
    elif isinstance(value, str | Path):
        course = course_of_text(str(value), where)
    else:
        course = course_of(value, where)
    if isinstance(course, SpikeTrains):
        return _emission(simulation, steps, path, course, where)
    check_dimension(course.dimension, variable.dimension, str(value)[:40], where)
    copies, size = simulation.copies, simulation.populations[path].population.size
    shape = course.values.shape[1:]
    if shape[0] not in (1, copies) or shape[1] not in (1, size) or (_listed(value) and shape[1] != size):
        allowed = f"{size} units, and 1 or {copies} trials" if copies > 1 else f"{size} units"
        found = f"{shape[1]} units" + (f" in {shape[0]} trials" if shape[0] > 1 else "")
        raise UserError(Mistake(where, "does not fit the population", found, allowed))
    dt = simulation.circuit.dt
    if len(course.times) > 1 and (np.diff(course.times) < dt.value * (1 - SAME_STEP)).any():
        raise UserError(
            Mistake(where, "samples follow faster than the time step", "", f"at least dt = {dt.text} apart")
        )
    changes = np.ceil(course.times / dt.value - SAME_STEP).astype(np.int64)
    within = changes < steps
    return Setting(path, variable.name, changes[within], course.values[within])


def _listed(value: Any) -> bool:
    """Return whether a value is a plain array, whose last axis is that of units."""
    return not isinstance(value, str | Path | Sampled) and not hasattr(value, "coords") and np.ndim(value) > 0


def _target(simulation: Simulation, what: str, where: str) -> tuple[str, StateVariable]:
    """Return the population and its variable that ``PATH`` or ``PATH:VARIABLE`` names."""
    path, colon, name = (part.strip() for part in what.partition(":"))
    paths = list(simulation.populations)
    if path not in paths:
        told = stimuli_of(simulation) or paths
        raise UserError(Mistake(where, "no such population", f'"{path}"', ", ".join(told), closest(path, paths)))
    variables = state_variables(simulation, path)
    settable = [each for each, variable in variables.items() if variable.settable]
    name = name if colon else simulation.populations[path].model.input
    if name in settable:
        return path, variables[name]
    allowed = ", ".join(f"{path}:{each}" for each in settable) or "it has no variable that keeps a set value"
    if not name:
        raise UserError(
            Mistake(where, "the population is not a stimulus; name a variable to set", f'"{what}"', allowed)
        )
    wrong = "is changed by equations or projections" if name in variables else "no such variable"
    raise UserError(Mistake(where, wrong, f'"{name}"', allowed, closest(name, settable)))


def _random_course(simulation: Simulation, path: str, variable: StateVariable, seed: int, where: str) -> Course:
    """Draw a value for every unit of every trial, which holds for the whole simulation."""
    if variable.dimension not in LARGEST_RANDOM:
        found = f"a variable in {variable.units}"
        raise UserError(Mistake(where, "the range of random values is unknown", found, "a value with a unit"))
    order = list(simulation.populations).index(path)
    shape = (1, simulation.copies, simulation.populations[path].population.size)
    values = np.random.default_rng([seed, 3, order]).random(shape) * LARGEST_RANDOM[variable.dimension]
    return Course(np.zeros(1), values, variable.dimension)


# ---- spike trains --------------------------------------------------------------------------------------------------


def _emission(simulation: Simulation, steps: int, path: str, trains: SpikeTrains, where: str) -> Emission:
    population = simulation.populations[path]
    if population.model.kind != "stimulus" or not population.spiking:
        wrong = "spike trains are for stimuli that spike"
        raise UserError(Mistake(where, wrong, f"{population.population.neuron}, {population.model.kind}", "as poisson"))
    times, _ = numbers(trains.times, f"{where}: times") if np.size(trains.times) else (np.empty(0), None)
    units = _integers(trains.units, len(times), population.population.size, f"{where}: units")
    dt, duration = simulation.circuit.dt.value, steps * simulation.circuit.dt.value
    at = np.floor(times / dt + SAME_STEP).astype(np.int64)
    if (outside := times[(at < 0) | (at >= steps)]).size:
        found, allowed = f"{outside[0]:g} s", f"0 to below {duration:g} s"
        raise UserError(Mistake(where, f"{outside.size} spikes outside the simulation", found, allowed))
    if trains.copies is None:
        copies = np.repeat(np.arange(simulation.copies), len(times))
        at, units = np.tile(at, simulation.copies), np.tile(units, simulation.copies)
    else:
        copies = _integers(trains.copies, len(times), simulation.copies, f"{where}: copies")
    indices = copies * population.population.size + units
    order = np.lexsort((indices, at))
    at, indices = at[order], indices[order]
    twice = (np.diff(at) == 0) & (np.diff(indices) == 0)
    if twice.any():
        k = int(np.flatnonzero(twice)[0])
        found = f"unit {indices[k] % population.population.size} at {at[k] * dt:g} s"
        raise UserError(Mistake(where, "two spikes of one unit in one time step", found, "one at most"))
    return Emission(path, at, indices)


def _integers(values: Any, length: int, below: int, where: str) -> np.ndarray:
    found, _ = numbers(values, where) if np.size(values) else (np.empty(0), None)
    if found.shape != (length,):
        raise UserError(Mistake(where, "one for each spike", f"shape {found.shape}", f"({length},)"))
    if (wrong := found[(found < 0) | (found >= below) | (found != np.floor(found))]).size:
        raise UserError(Mistake(where, "no such number", f"{wrong[0]:g}", f"0 to {below - 1}"))
    return found.astype(np.int64)


# ---- in the network ------------------------------------------------------------------------------------------------


def feed(simulation: Simulation, feeds: list[Feed]) -> None:
    """Feed inputs to a simulation while it runs, from the first step."""
    for each in feeds:
        if isinstance(each, Setting):
            setter = _Setter(simulation, each)
            # the presenter comes first
            CalledEachStep(simulation, setter.run, "before_start", -5, setter.rest, setter.skip)
        else:
            emitter = _Emitter(simulation, each)
            CalledEachStep(simulation, emitter.run, "thresholds", order=5)  # after the population's own threshold


class _Setter:
    """Sets a variable whenever it changes."""

    def __init__(self, simulation: Simulation, setting: Setting) -> None:
        self._simulation, self._setting = simulation, setting
        self._step, self._next = 0, 0

    def run(self) -> None:
        """Set it if it is due."""
        steps = self._setting.steps
        while self._next < len(steps) and steps[self._next] == self._step:
            self._simulation.set_variable(self._setting.path, self._setting.variable, self._setting.values[self._next])
            self._next += 1
        self._step += 1

    def rest(self) -> int:
        """Return for how many steps, with the one that has just begun, the variable stays."""
        steps = self._setting.steps
        return int(steps[self._next]) - self._step + 1 if self._next < len(steps) else FOR_EVER

    def skip(self, steps: int) -> None:
        """Pass over steps in which the variable stays."""
        self._step += steps


class _Emitter:
    """Lets units spike at given times, and at no other time."""

    def __init__(self, simulation: Simulation, emission: Emission) -> None:
        self._space = simulation.populations[emission.path].group.variables["_spikespace"].get_value()
        self._indices, self._step, self._next = emission.indices, 0, 0
        self._ends = np.cumsum(np.bincount(emission.steps)) if len(emission.steps) else np.empty(0, dtype=np.int64)

    def run(self) -> None:
        """Replace the spikes that were drawn by those of this step."""
        end = int(self._ends[self._step]) if self._step < len(self._ends) else self._next
        number = end - self._next
        self._space[:number] = self._indices[self._next : end]
        self._space[-1] = number
        self._next, self._step = end, self._step + 1
