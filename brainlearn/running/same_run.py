"""Checkpoints that a run cannot continue from: what they were made with, and what has changed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.renamed_keys import with_new_names
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT, RunFolder
from brainlearn.results.settings import leaves, within
from brainlearn.running.checkpoints import Origin, Position, Saved, origin_of
from brainlearn.running.preparation import versions
from brainlearn.saved_state import Arrays
from brainlearn.training.course import Course

Found = tuple[Path, dict[str, Any], Arrays]

FREE = ("training.save_minutes", "dataset.file")  # may be changed before a run is resumed: data have a hash
SHOWN = 8  # differences in a message


def course_from(
    found: Found, experiment: Experiment, baseline: str | None, start: Callable[[], Course]
) -> tuple[Course, Origin, Saved]:
    """Start the course that continues from a checkpoint, if that is one of this run.

    Parameters
    ----------
    found : (Path, dict, dict)
        The checkpoint's file, what it says of itself, and its arrays.
    experiment : Experiment
    baseline : str or None
    start : callable
        Makes the course; called once the files are known to be those of the checkpoint.

    Returns
    -------
    course : Course
    origin : Origin
        What it is made with now.
    saved : Saved
        Where it continues.
    """
    path, about, arrays = found
    then, position = what_it_is(path, about)
    refuse_another(path, then, experiment, baseline)
    course = start()
    now = origin_of(course, CIRCUIT)
    refuse_other_numbers(path, then, now, about.get("record"))
    return course, now, Saved(about.get("record"), position, arrays)


def what_it_is(path: Path, about: dict[str, Any]) -> tuple[Origin, Position]:
    """Return what a checkpoint was made with, and where; UserError if it does not say so."""
    try:
        origin = TypeAdapter(Origin).validate_python(about.get("origin"))
        return origin, TypeAdapter(Position).validate_python(about.get("position"))
    except ValidationError as error:
        raise UserError(foreign(path, error)) from error


def foreign(path: Path, error: Exception) -> Mistake:
    """Return the mistake for a checkpoint with other content."""
    return Mistake(str(path), "does not fit this run", str(error).splitlines()[0])


def refuse_another(path: Path, origin: Origin, experiment: Experiment, baseline: str | None) -> None:
    """Raise a UserError with the differences, if a checkpoint belongs to another experiment or circuit."""
    texts = {EXPERIMENT: experiment.text_in_run_folder(CIRCUIT), CIRCUIT: experiment.circuit_text}
    mistakes = []
    for name, then in ((EXPERIMENT, origin.experiment), (CIRCUIT, origin.circuit)):
        if changed := _changes(_toml(path, then), tomllib.loads(texts[name])):
            shown = "; ".join(changed[:SHOWN]) + (f"; and {len(changed) - SHOWN} more" if changed[SHOWN:] else "")
            hint = "Restore it, or start a new run with brainlearn run."
            where = str(path.parent.parent / name)
            mistakes.append(Mistake(where, "differs from the checkpoint", shown, suggestion=hint))
    if origin.baseline != baseline:
        found, allowed = (each or "the rule" for each in (origin.baseline, baseline))
        mistakes.append(Mistake(str(path), "a checkpoint of another run", found, allowed))
    if mistakes:
        raise UserError(*mistakes)


def _toml(path: Path, text: Any) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, TypeError, RecursionError, AttributeError) as error:
        raise UserError(Mistake(str(path), "does not describe its origin", str(error))) from error


def _changes(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """List the values that have changed since the run began."""
    before, after = (dict(leaves(with_new_names(each))) for each in (then, now))
    keys = [key for key in (*before, *(set(after) - set(before))) if not within(key, FREE)]
    values = [(key, before.get(key, "nothing"), after.get(key, "nothing")) for key in keys]
    return [f"{key} was {old}, is {new}" for key, old, new in values if old != new]


def refuse_other_data(folder: RunFolder, then: str | None, now: str) -> None:
    """Raise a UserError if data have changed since the run began; it has no checkpoint yet that would tell."""
    if then not in (None, now):
        hint = "Is this another copy of the dataset? Restore the data, or start a new run with brainlearn run."
        raise UserError(Mistake(str(folder), "made with different data", suggestion=hint))


def refuse_other_numbers(path: Path, origin: Origin, now: Origin, record: Any) -> None:
    """Raise a UserError if data or initial weights have changed since the run began."""
    then_versions = record.get("versions") if isinstance(record, dict) else None
    before, after = then_versions if isinstance(then_versions, dict) else {}, versions()
    changed = [name for name in after if before.get(name) != after[name]]
    other = ", ".join(f"{name} {before.get(name, '?')}, now {after[name]}" for name in changed)
    hint = f"Versions differ: {other}." if other else "Is this another copy of the dataset?"
    mistakes = [
        Mistake(str(path), f"made with {what}", suggestion=hint)
        for what, same in (
            ("different data", origin.data == now.data),
            ("different initial weights or masks", origin.wiring == now.wiring),
        )
        if not same
    ]
    if mistakes:
        raise UserError(*mistakes)
