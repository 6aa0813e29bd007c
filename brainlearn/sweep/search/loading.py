"""From a sweep file with a table ``[search]`` to a `Search` whose ends are checked, or to all mistakes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import Any

from brainlearn.circuit.validation import show
from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.running.conduct import check_baseline
from brainlearn.running.preparation import Asked, asked_data, check_fit, load
from brainlearn.stimuli import Dataset
from brainlearn.sweep.axes import SEED, dimension, label
from brainlearn.sweep.keys import below, quoted
from brainlearn.sweep.schema import SweepFile
from brainlearn.sweep.search.schema import RULE, ArmTable, SearchTable, Space
from brainlearn.sweep.search.space import ends, listed

TEST = "readout.test"
WITHOUT_TEST: Mapping[str, Any] = {TEST: False}
FIXED = ("dataset", "sequence", "about", "name", TEST, "readout.validate_on", "readout.validate_every")
"""What no search may change: errors of trials would not be comparable."""


@dataclass(frozen=True)
class Arm:
    """What is compared with the other arms.

    Parameters
    ----------
    name : str
    train : str or None
        The baseline that is trained; None: the rule.
    space : dict of str to DimensionTable
        By key of the experiment.
    experiment : Experiment
        With what all trials share.
    """

    name: str
    train: str | None
    space: Space
    experiment: Experiment


@dataclass(frozen=True)
class Search:
    """A search as read.

    Parameters
    ----------
    settings : SweepFile
    table : SearchTable
    path, text : str
        The file that it was read from, and its content.
    title : str
        Name of the experiment.
    arms : tuple of Arm
    """

    settings: SweepFile
    table: SearchTable
    path: str
    text: str
    title: str
    arms: tuple[Arm, ...]


def load_search(settings: SweepFile, path: str | Path, data: str | Path | None = None) -> Search:
    """Load the experiment of every arm, at the ends of what is searched, and check that the data exist.

    Parameters
    ----------
    settings : SweepFile
        With a table ``[search]``.
    path : str or Path
        The file.
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.

    Raises
    ------
    UserError
        With every mistake; if Optuna is not installed; if an experiment sets no validation items apart.
    """
    where, table = str(path), settings.search
    assert table is not None
    arms = table.arms or {settings.train: ArmTable(train=settings.train)}
    check_optuna(where)
    if mistakes := [each for name, arm in arms.items() for each in _clashes(settings, table, name, arm, where)]:
        raise UserError(*dict.fromkeys(mistakes))
    folder, dataset = None if data is None else Path(data), cache(load)
    found: list[Arm] = []
    wrong: list[Mistake] = []
    for name, arm in arms.items():
        try:
            found.append(_arm(settings, table, name, arm, where, folder, dataset))
        except UserError as error:
            wrong += error.mistakes
    if wrong:
        raise UserError(*dict.fromkeys(wrong))
    text = Path(path).read_text(encoding="utf-8-sig")
    return Search(settings, table, where, text, found[0].experiment.settings.name, tuple(found))


def check_optuna(where: str) -> None:
    """Raise a UserError if Optuna is not installed."""
    if find_spec("optuna") is None:
        hint = 'Install it: pip install "brainlearn[search]".'
        raise UserError(
            Mistake(f"{where}: search", "Optuna, which proposes the trials, is not installed", "", "", hint)
        )


# ---- the file by itself --------------------------------------------------------------------------------------------


def space_of(table: SearchTable, arm: ArmTable) -> Space:
    """Return all that an arm searches."""
    return {**table.space, **arm.space}


def _clashes(settings: SweepFile, table: SearchTable, name: str, arm: ArmTable, where: str) -> Iterator[Mistake]:
    """Yield the mistakes of an arm that can be seen without the experiment."""
    space, place = space_of(table, arm), f"{where}: search.arms.{name}" if table.arms else f"{where}: search"
    if not space:
        yield Mistake(f"{place}.space", "nothing is searched", "no key", "keys of the experiment", "Add some.")
    for key in space:
        at = f"{place if key in arm.space else f'{where}: search'}.space.{quoted(key)}"
        if key == SEED:
            wrong, hint = "a seed is no setting to be chosen", "Remove it; final_seeds tests the best settings."
            yield Mistake(at, wrong, suggestion=hint)
        if any(below(key, fixed) is not None for fixed in FIXED):
            yield Mistake(at, "errors of trials would not be comparable", key, "any other key", "Remove it.")
        for source, keys in (("set", settings.set), (f"search.arms.{name}.set", arm.set)):
            if key in keys:
                yield Mistake(at, f"is also in [{source}]", suggestion="Remove one of the two.")
        choices = [label(choice) for choice in space[key].choices or []]
        if twice := dict.fromkeys(choice for choice in choices if choices.count(choice) > 1):
            yield Mistake(at, "a value is listed twice", ", ".join(map(show, twice)))
    if len({dimension(key) for key in space}) < len(space):
        yield Mistake(f"{place}.space", "two keys differ in signs only", ", ".join(space))
    if table.sampler == "grid":
        yield from _of_grid(table, space, place)


def _of_grid(table: SearchTable, space: Space, place: str) -> Iterator[Mistake]:
    """Yield what prevents trying every combination."""
    values = {key: listed(each) for key, each in space.items()}
    for key in (key for key, each in values.items() if each is None):
        wrong, hint = 'the sampler "grid" needs values that can be listed', "Add a step, or write choices."
        yield Mistake(f"{place}.space.{quoted(key)}", wrong, "a range", "choices, or a range with a step", hint)
    count = prod(len(each) for each in values.values() if each is not None)
    if None not in values.values() and table.trials > count:
        wrong = "the grid has fewer combinations than there are trials"
        yield Mistake(place, wrong, f"{count} combinations, {table.trials} trials", f"trials = {count} or fewer")


# ---- the experiments -----------------------------------------------------------------------------------------------


def _arm(
    settings: SweepFile,
    table: SearchTable,
    name: str,
    arm: ArmTable,
    where: str,
    data: Path | None,
    dataset: Callable[[Asked], Dataset],
) -> Arm:
    """Load the experiment of an arm at every end of what it searches, or raise the mistakes of all."""
    path, space = Path(where).parent / settings.experiment, space_of(table, arm)
    shared = {**settings.set, **arm.set}
    wrong: list[Mistake] = []
    for changes in _probes(space):
        try:
            experiment = load_experiment(path, {**shared, **changes})
            wrong += _unfit(experiment, arm, table, data, dataset)
        except UserError as error:
            wrong += error.mistakes
    if wrong:
        raise UserError(*(_in_file(mistake, settings, arm, name, where) for mistake in dict.fromkeys(wrong)))
    base = load_experiment(path, shared)
    return Arm(name, None if arm.train == RULE else arm.train, space, base)


def _probes(space: Space) -> Iterator[dict[str, Any]]:
    """Yield changes at which every end of every key occurs once, the other keys at their first."""
    first = {key: ends(table)[0] for key, table in space.items()}
    yield first
    for key, table in space.items():
        yield from ({**first, key: value} for value in ends(table)[1:])


def _unfit(
    experiment: Experiment, arm: ArmTable, table: SearchTable, data: Path | None, dataset: Callable[[Asked], Dataset]
) -> Iterator[Mistake]:
    """Yield what prevents a search of an experiment, and raise what prevents running it."""
    settings = experiment.settings
    if arm.train != RULE:
        check_baseline(experiment, arm.train)
    if settings.environment is not None:
        wrong = "a search judges by the validation error, and a circuit that acts in an environment has none"
        yield Mistake("environment", wrong, "[environment]", "[dataset]", "Sweep it with a grid.")
        return
    if settings.sequence:
        wrong = "tasks that follow each other are judged by their items for the test, which a search must not see"
        yield Mistake("sequence", wrong, "[[sequence]]", "one task", "Search the settings of one task.")
    elif not settings.dataset.validation:
        wrong = "a search judges by the validation error, and no items are set apart for it"
        hint = "Set them apart: [dataset] validation = 200, or [set] in the sweep file."
        yield Mistake("dataset.validation", wrong, "0", "1 or more", hint)
    if settings.seed in (table.final_seeds or []):
        wrong, allowed = "the settings were chosen with this seed", "seeds that are not the experiment's"
        yield Mistake("search.final_seeds", wrong, str(settings.seed), allowed)
    for key in settings.dataset_tables:
        check_fit(experiment, dataset(asked_data(experiment, data, key)), key)


def _in_file(mistake: Mistake, settings: SweepFile, arm: ArmTable, name: str, where: str) -> Mistake:
    """Name the key of the sweep file that a mistake comes from, if it comes from one."""
    at = mistake.where.removeprefix("--set ").rpartition(": ")[2]
    assert settings.search is not None
    own = f"search.arms.{name}"
    tables = ((f"{own}.space", arm.space), ("search.space", settings.search.space), (f"{own}.set", arm.set))
    for table, keys in (*tables, ("set", settings.set)):
        for key in keys:
            rest = below(at, key)
            if rest is not None or (mistake.wrong == "unknown key" and below(key, at) is not None):
                return replace(mistake, where=f"{where}: {table}.{quoted(key)}{rest or ''}")
    if mistake.where.endswith(": baselines") and arm.train != RULE:
        return replace(
            mistake, where=f"{where}: {own if settings.search.arms else ''}{'.' * bool(settings.search.arms)}train"
        )
    return replace(mistake, where=f"{where}: {mistake.where}") if ": " not in mistake.where else mistake
