"""Check that the circuit can act in its environment: it is there, and populations fit what goes in and out."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.environments.handed_over import check_vector, maker_from
from brainlearn.environments.making import Make, maker_of, spaces_of
from brainlearn.environments.observing import WITH_CELLS, Encoding, bounded
from brainlearn.environments.spaces import Box, Discrete, Space
from brainlearn.experiment.environment_schema import ActionTable, EnvironmentTable, ObservationTable
from brainlearn.experiment.rule_of import rule_of
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules.known_names import OUTCOMES
from brainlearn.units import DIMENSIONS, NONE

OF_ITEMS = (
    "dataset",
    "sequence",
    "stimulus",
    "target",
    "unit_classes",
    "completion",
    "negatives",
    "baselines",
    "alignment",
)
"""Tables about dataset items, which environments do not have."""


def check_broadcasters(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that populations whose means a rule broadcasts exist."""
    areas = _areas(circuit)
    for key, table in settings.rule_tables.items():
        if table.broadcasts_from is not None and table.broadcasts_from not in areas:
            yield unknown(f"{key}.broadcasts_from", "population", table.broadcasts_from, areas)


def check_rewarded(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that a rule that learns from reward gets one."""
    for key, table in settings.rule_tables.items() if settings.environment is None else ():
        rule = rule_of(table)
        own = set() if rule is None else {*rule.modulators, *rule.broadcasts, *rule.parameters}
        read = [name for name in sorted(OUTCOMES - own) if rule is not None and rule.reads(name)]
        if rule is not None and read:
            wrong = f'"{rule.name}" reads what an environment tells ({", ".join(read)}), and there is none'
            yield Mistake(f"{key}.name", wrong, show(rule.name), "", "Add a table [environment].")


def check_environment(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that there is such an environment, and that what it shows and takes fits the circuit."""
    table = settings.environment
    if table is None:
        return
    for key in OF_ITEMS:
        if key in settings.model_fields_set:
            yield Mistake(key, "with [environment], no dataset items are shown", f"[{key}]", "", "Leave the table out.")
    for k, phase in enumerate(settings.phases):
        if phase.reset:
            wrong = "an episode continues from one presentation to the next; its onset resets the copy"
            yield Mistake(f"phases[{k}].reset", wrong, "true", "false", "Write reset = false.")
    if settings.training.delivery == "stock":
        wrong = "stock synapses cannot be reset copy by copy"
        yield Mistake("training.delivery", wrong, show("stock"), show("shared"))
    if isinstance(table.make, str | int | float | list | dict):
        wrong, hint = (
            "a file cannot hold an environment",
            'Name one, or hand it over in a script: {"make": MyEnvironment}.',
        )
        yield Mistake("environment.make", wrong, show(table.make), "a class, a function or an environment", hint)
        return
    try:
        made = make_of(table)()
        observations, actions = spaces_of(made, table.name)
    except UserError as error:
        yield from error.mistakes
        return
    yield from check_vector(made, settings.training.copies)
    for k, shown in enumerate(table.observations):
        yield from _check_observation(f"environment.observations[{k}]", shown, observations, circuit)
    yield from _check_twice(table)
    yield from _check_action("environment.action", table.action, actions, circuit)


def make_of(table: EnvironmentTable, key: str = "environment") -> Make:
    """Return what makes the environments of an experiment: those that it names, or that a script hands over."""
    if table.make is None:
        return maker_of(table.name, table.settings, key)
    if table.settings:
        wrong, hint = "are those of an environment that is named", "Hand over a function that makes it with them."
        raise UserError(Mistake(f"{key}.settings", wrong, ", ".join(table.settings), "nothing", hint))
    return maker_from(table.make, table.name)


def _areas(circuit: Circuit) -> list[str]:
    return [p.path for p in circuit.populations if circuit.models[p.path].kind != "stimulus"]


def _check_twice(table: EnvironmentTable) -> Iterator[Mistake]:
    paths = [shown.population for shown in table.observations]
    for k, path in enumerate(paths):
        if path in paths[:k]:
            yield Mistake(f"environment.observations[{k}].population", "already shows something else", show(path))


# ---- what goes in --------------------------------------------------------------------------------------------------


def _check_observation(key: str, table: ObservationTable, space: Space, circuit: Circuit) -> Iterator[Mistake]:
    stimuli = [p.path for p in circuit.populations if circuit.models[p.path].kind == "stimulus"]
    if table.population not in stimuli:
        yield unknown(f"{key}.population", "stimulus population", table.population, stimuli)
        return
    yield from _check_maximum(key, table, circuit)
    wrong = list(_check_encoding(key, table, space))
    yield from wrong
    if not wrong:
        units, size = encoding_of(table, space).units, circuit.population(table.population).size
        if units != size:
            found, hint = f"{table.population} has {size} units", f'Write [sizes] "{table.population}" = {units}.'
            yield Mistake(key, f"{table.encoding} does not fit the population", found, f"{units} units", hint)


def _check_maximum(key: str, table: ObservationTable, circuit: Circuit) -> Iterator[Mistake]:
    variable = circuit.models[table.population].input
    wanted = DIMENSIONS["frequency"] if variable == "rate" else NONE
    if table.maximum.dimension != wanted:
        allowed = 'a rate, as "100 Hz"' if variable == "rate" else "a number"
        wrong = f'units of {table.population} are set by "{variable}"'
        yield Mistake(f"{key}.maximum", wrong, table.maximum.text, allowed)


def _check_encoding(key: str, table: ObservationTable, space: Space) -> Iterator[Mistake]:
    """Yield what does not fit between an encoding and the space of observations."""
    if isinstance(space, Discrete) != (table.encoding == "one_hot"):
        allowed = "one_hot" if isinstance(space, Discrete) else "opposed, place_cells, population_code, values"
        yield Mistake(f"{key}.encoding", f"observations are {space.text}", show(table.encoding), allowed)
        return
    given = {name: getattr(table, name) for name in ("dimensions", "range", "cells")}
    if isinstance(space, Discrete):
        for name, value in given.items():
            if value is not None:
                yield Mistake(f"{key}.{name}", f"observations are {space.text}", show(value), "nothing")
        return
    yield from _check_box(key, table, space)


def _check_box(key: str, table: ObservationTable, space: Box) -> Iterator[Mistake]:
    dimensions = table.dimensions if table.dimensions is not None else list(range(space.size))
    beyond = [k for k in dimensions if k >= space.size]
    if beyond:
        wrong, allowed = f"observations are {space.text}", f"0 to {space.size - 1}"
        yield Mistake(f"{key}.dimensions", wrong, show(beyond[0]), allowed)
        return
    count = len(dimensions)
    if table.range is not None and len(table.range) != count:
        yield Mistake(f"{key}.range", "one pair for each number", f"{len(table.range)} pairs", str(count))
    elif table.range is None and not bounded(space, dimensions):
        hint = "Set the interval that the units represent, as in range = [[-1.0, 1.0]]."
        yield Mistake(
            f"{key}.range", "the environment does not bound its observations", "nothing", f"{count} pairs", hint
        )
    for k, (low, high) in enumerate(table.range or ()):
        if not low < high:
            yield Mistake(f"{key}.range[{k}]", "no range", show([low, high]), "[LOW, HIGH], the lower value first")
    cells = table.cells or []
    if table.encoding in WITH_CELLS and len(cells) != count:
        allowed = f"{count} numbers: units along each number of the observation"
        yield Mistake(f"{key}.cells", f"{table.encoding} needs them", f"{len(cells)}", allowed)
    elif table.encoding not in WITH_CELLS and cells:
        yield Mistake(f"{key}.cells", f"{table.encoding} has none", show(cells), "nothing")


def encoding_of(table: ObservationTable, space: Space) -> Encoding:
    """Return how a population encodes observations of a space; the table fits it."""
    if isinstance(space, Discrete):
        top = (float(max(space.n - 1, 1)),)
        return Encoding(table.encoding, (0,), (0.0,), top, (space.n,), table.width, table.repeat)
    dimensions = tuple(table.dimensions if table.dimensions is not None else range(space.size))
    bounds = table.range if table.range is not None else [[space.low[k], space.high[k]] for k in dimensions]
    low, high = (tuple(float(each[side]) for each in bounds) for side in (0, 1))
    return Encoding(table.encoding, dimensions, low, high, tuple(table.cells or ()), table.width, table.repeat)


# ---- what comes out ------------------------------------------------------------------------------------------------


def _check_action(key: str, table: ActionTable, space: Space, circuit: Circuit) -> Iterator[Mistake]:
    areas, known = _areas(circuit), True
    for k, path in enumerate(table.populations):
        if path not in areas:
            known = False
            yield unknown(f"{key}.populations[{k}]", "population", path, areas)
    if isinstance(space, Discrete) == (table.choice == "population_vector"):
        allowed = "argmax, softmax" if isinstance(space, Discrete) else "population_vector"
        yield Mistake(f"{key}.choice", f"actions are {space.text}", show(table.choice), allowed)
    elif isinstance(space, Discrete):
        yield from _check_parts(key, table, space.n, circuit) if known else ()
    elif space.size > 2 or not bounded(space, range(space.size)):
        wrong = "a population vector represents one or two bounded numbers"
        yield Mistake(f"{key}.choice", wrong, f"actions are {space.text}", "1 or 2 bounded numbers")


def _check_parts(key: str, table: ActionTable, actions: int, circuit: Circuit) -> Iterator[Mistake]:
    count, place = len(table.populations), f"{key}.populations"
    if count not in (1, actions):
        yield Mistake(place, f"there are {actions} actions", f"{count} populations", f"{actions}, or 1 that they share")
    elif count == 1 and circuit.population(table.populations[0]).size % actions:
        size = circuit.population(table.populations[0]).size
        yield Mistake(
            place, f"{actions} actions must share the units equally", f"{size} units", f"a multiple of {actions}"
        )
