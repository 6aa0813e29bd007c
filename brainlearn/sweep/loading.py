"""From a sweep file to a `Sweep` whose every point is checked, or to all mistakes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

from brainlearn.circuit.file_kind import SWEEP, another_kind
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.validation import show, validate
from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.running.conduct import check_baseline
from brainlearn.running.preparation import Asked, asked_data, check_fit, load
from brainlearn.stimuli import Dataset
from brainlearn.sweep.axes import SEED, Axis, Place, axes_of, dimension, label, places
from brainlearn.sweep.keys import below, quoted
from brainlearn.sweep.point import Point, point_of
from brainlearn.sweep.schema import SweepFile
from brainlearn.sweep.search.schema import RULE

MOST_POINTS = 10_000


@dataclass(frozen=True)
class Sweep:
    """A sweep as read, with its points.

    Parameters
    ----------
    settings : SweepFile
    path, text : str
        The file that it was read from, and its content.
    title : str
        Name of the experiment.
    axes : tuple of Axis
        What is swept; the last one is that of the seeds.
    points : tuple of Point
        In the order in which they are computed: the last axis changes fastest.
    """

    settings: SweepFile
    path: str
    text: str
    title: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]


def load_sweep(path: str | Path, data: str | Path | None = None) -> Sweep:
    """Read a sweep file, load the experiment of every point, and check that the data exist.

    Parameters
    ----------
    path : str or Path
        A TOML file; docs/sweep-files.md documents its content.
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.

    Raises
    ------
    UserError
        With every mistake of the file and of every point; one that several points share is named once.
    """
    where, settings = str(path), read_sweep_file(path)
    if settings.search is not None:
        hint = "brainlearn.sweep.search.loading.load_search reads it."
        raise UserError(Mistake(f"{where}: search", "a search has no points before it runs", suggestion=hint))
    if mistakes := [*_clashes(settings, where)]:
        raise UserError(*mistakes)
    experiments = _experiments(settings, where, None if data is None else Path(data))
    train = None if settings.train == RULE else settings.train
    points = tuple(point_of(one, place.index, _named(place, one), train) for place, one in experiments)
    if mistakes := [*_twins(points, experiments, where)]:
        raise UserError(*mistakes)
    first = experiments[0][1].settings
    seeds = Axis(SEED, SEED, tuple(settings.seeds or [first.seed]))
    text = Path(path).read_text(encoding="utf-8-sig")
    return Sweep(settings, where, text, first.name, (*axes_of(settings), seeds), points)


def read_sweep_file(path: str | Path) -> SweepFile:
    """Read a sweep file; UserError with every mistake that can be seen without its experiment."""
    where, data = str(path), read_toml(path)
    if wrong := another_kind(data, where, SWEEP):
        raise UserError(*wrong)
    settings, mistakes = validate(SweepFile, data, where, "", {})
    if settings is None or mistakes:
        raise UserError(*mistakes)
    return settings


# ---- the file by itself --------------------------------------------------------------------------------------------


def _clashes(settings: SweepFile, where: str) -> Iterator[Mistake]:
    """Yield the mistakes that can be seen without the experiment."""
    tables = [("grid", settings.grid), *((f"points[{n}]", table) for n, table in enumerate(settings.points))]
    for name, table in tables:
        for key in table:
            place = f"{where}: {name}.{quoted(key)}"
            if key == SEED:
                yield Mistake(place, "seeds are a separate axis", suggestion="Write seeds = [1, 2, 3] at the top.")
            if key in settings.set:
                yield Mistake(place, "is also in [set]", suggestion="Remove one of the two.")
    count = prod(len(axis.values) for axis in axes_of(settings)) * len(settings.seeds or [0])
    if count > MOST_POINTS:
        yield Mistake(where, "too many points", f"{count:,}", f"{MOST_POINTS:,} or fewer")
    swept = list(dict.fromkeys(key for _, table in tables for key in table))
    for key, values in {**settings.grid, "seeds": settings.seeds or []}.items():
        twice = {label(value): value for value in values if values.count(value) > 1}
        place = f"{where}: seeds" if key == "seeds" else f"{where}: grid.{quoted(key)}"
        if twice:
            yield Mistake(place, "a value occurs twice", ", ".join(map(show, twice.values())))
    if len({dimension(key) for key in swept}) < len(swept):
        yield Mistake(where, "two keys differ only in punctuation", ", ".join(swept))
    if settings.seeds is not None and SEED in settings.set:
        yield Mistake(f"{where}: set.seed", "seeds are also in the file", suggestion="Remove one of the two.")


def _twins(points: Iterable[Point], experiments: Iterable[tuple[Place, Experiment]], where: str) -> Iterator[Mistake]:
    """Yield a mistake for each point that is the same run as an earlier one."""
    seen: dict[str, Place] = {}
    for point, (place, _) in zip(points, experiments, strict=True):
        hashed = point.name.rpartition("-")[2]
        if hashed in seen:
            both = f"{_said(seen[hashed])}; {_said(place)}"
            yield Mistake(where, "two points are the same run", both, suggestion="Remove one of them.")
        seen.setdefault(hashed, place)


# ---- the points ----------------------------------------------------------------------------------------------------


def _experiments(settings: SweepFile, where: str, data: Path | None) -> list[tuple[Place, Experiment]]:
    """Load every point, or raise the mistakes of all."""
    path = Path(where).parent / settings.experiment
    found: list[tuple[Place, Experiment]] = []
    wrong: dict[Mistake, list[Place]] = {}
    dataset = cache(load)
    count = 0
    for place in places(settings):
        count += 1
        try:
            found.append((place, _checked(settings, path, place, data, dataset)))
        except UserError as error:
            for mistake in error.mistakes:
                wrong.setdefault(_in_sweep(mistake, settings, place, where), []).append(place)
    if wrong:
        raise UserError(*(_with_points(mistake, at, count) for mistake, at in wrong.items()))
    return found


def _checked(
    settings: SweepFile, path: Path, place: Place, data: Path | None, dataset: Callable[[Asked], Dataset]
) -> Experiment:
    seed = {} if place.seed is None else {SEED: place.seed}
    experiment = load_experiment(path, {**settings.set, **place.changes, **seed})
    if settings.train != RULE:
        check_baseline(experiment, settings.train)
    for key in experiment.settings.dataset_tables:
        check_fit(experiment, dataset(asked_data(experiment, data, key)), key)
    return experiment


def _in_sweep(mistake: Mistake, settings: SweepFile, place: Place, where: str) -> Mistake:
    """Name the key of the sweep file that a mistake comes from, if it comes from one."""
    at = mistake.where.removeprefix("--set ").rpartition(": ")[2]
    table = f"points[{place.index[0]}]" if settings.points else "grid"
    for name, keys in ((table, place.changes), ("set", settings.set)):
        for key in keys:
            rest = below(at, key)
            if rest is None and mistake.wrong == "unknown key" and below(key, at) is not None:
                rest = ""  # its first step is wrong
            if rest is not None:
                return replace(mistake, where=f"{where}: {name}.{quoted(key)}{rest}")
    if mistake.where.endswith(": baselines") and settings.train != RULE:
        return replace(mistake, where=f"{where}: train")
    return mistake


def _with_points(mistake: Mistake, at: list[Place], count: int) -> Mistake:
    """Name the points in which a mistake was found, unless in all or at a key that names the point."""
    if len(at) == count or ": points[" in mistake.where or ": grid." in mistake.where:
        return mistake
    others = f" and {len(at) - 1} more" if len(at) > 1 else ""
    return replace(mistake, wrong=f"{mistake.wrong} (where {_said(at[0])}{others})")


def _said(place: Place) -> str:
    parts = [f"{key} = {label(value)}" for key, value in place.changes.items()]
    return ", ".join([*parts, *([] if place.seed is None else [f"seed = {place.seed}"])])


def _named(place: Place, experiment: Experiment) -> Mapping[str, Any]:
    """Return what the name of a point says."""
    return {**place.changes, SEED: experiment.settings.seed}
