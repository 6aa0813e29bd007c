"""One point of a sweep: its name, and whether it has been computed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brainlearn.experiment import Experiment
from brainlearn.experiment.changes import split_key
from brainlearn.renamed_keys import old_key
from brainlearn.results.checkpoint import FOLDER
from brainlearn.results.run_folder import CIRCUIT, RunFolder
from brainlearn.results.settings import DESCRIPTION, leaves, within
from brainlearn.sweep.axes import label

POINTS, PART = "points", ".part"
LONGEST = 80  # letters of a name before its hash


@dataclass(frozen=True)
class Point:
    """A checked point: everything that a worker needs, as text.

    Parameters
    ----------
    name : str
        Of its run folder: what it changes, and a hash of all that decides its result. Two points with one name have
        one result.
    index : tuple of int
        Along every axis of the sweep, the seed last.
    experiment, circuit : str
        Both files as they will lie in the run folder.
    baseline : str or None
        The baseline that is trained; None: the rule.
    """

    name: str
    index: tuple[int, ...]
    experiment: str
    circuit: str
    baseline: str | None


def point_of(experiment: Experiment, index: tuple[int, ...], changes: Mapping[str, Any], train: str | None) -> Point:
    """Return the point that an experiment is."""
    settings = json.loads(experiment.settings.model_dump_json(exclude_unset=True, fallback=str))
    said = sorted(f"{old_key(key)} = {value}" for key, value in leaves(settings) if not within(key, DESCRIPTION))
    lines = "\n".join([train or "", experiment.circuit_text, *said])
    name = f"{words(changes)}-{hashlib.sha256(lines.encode()).hexdigest()[:12]}"
    return Point(name, index, experiment.text_in_run_folder(CIRCUIT), experiment.circuit_text, train)


def words(changes: Mapping[str, Any]) -> str:
    """Return the changes as part of a file's name.

    >>> words({"rule.updates[0].size": 0.002, "sizes.V1/E": 50, "seed": 1})
    'size=0.002,V1-E=50,seed=1'
    """
    named = (f"{[step for step in split_key(key) if step][-1]}={label(value)}" for key, value in changes.items())
    return re.sub(r"[^\w.,=+-]+", "-", ",".join(named), flags=re.ASCII).strip("-")[:LONGEST]


def folder_of(sweep: Path, point: Point) -> Path:
    """Return the run folder of a point; it exists once the run has ended, and never before."""
    return sweep / POINTS / point.name


def is_done(sweep: Path, point: Point) -> bool:
    """Return whether the run of a point has ended."""
    return RunFolder(folder_of(sweep, point)).ended


def new_part(sweep: Path, point: Point) -> Path:
    """Return a name for the hidden folder in which a point is run."""
    return sweep / POINTS / f".{point.name}.{uuid.uuid4().hex[:12]}{PART}"


def parts_of(sweep: Path, point: Point) -> list[Path]:
    """Return the folders of unfinished runs of a point, the one that was saved last first."""
    parts = (sweep / POINTS).glob(f".{point.name}.*{PART}")
    saved = {part: [file.stat().st_mtime for file in (part / FOLDER).glob("*")] for part in parts}
    return sorted(saved, key=lambda part: max(saved[part], default=0.0), reverse=True)


def remove_parts(sweep: Path, points: Iterable[Point]) -> None:
    """Remove the remains of killed runs of finished points; only while nobody else works in this sweep."""
    for point in points:
        for part in parts_of(sweep, point) if is_done(sweep, point) else ():
            shutil.rmtree(part, ignore_errors=True)
