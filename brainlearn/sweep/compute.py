"""The work of a worker: one point, from its text to its run folder, atomically."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.results.folder_lock import OF_THE_LOCK
from brainlearn.results.run_folder import CIRCUIT, EXPERIMENT
from brainlearn.running import resume, run_to_folder
from brainlearn.sweep.point import Point, folder_of, is_done, new_part, parts_of


def compute_point(point: Point, sweep: str, data: str | None) -> str:
    """Run one point, unless its run folder is there already; continue with a run of it that was killed.

    The run works in a hidden folder of its own, which gets its name when all is written: a worker that is killed
    leaves no half run folder, and two workers that were given the same point do not meet.

    Parameters
    ----------
    point : Point
    sweep : str
        The sweep's folder; all workers see it.
    data : str or None
        Folder of the datasets.

    Returns
    -------
    str
        Nothing if all went well; else why there is no result.
    """
    place = Path(sweep)
    if is_done(place, point):
        return ""
    part = new_part(place, point)
    try:
        if not _resumed(point, part, place, data):
            _run(point, part, data)
        os.rename(part, folder_of(place, point))
    except Exception as error:  # whatever a point does, the others continue
        shutil.rmtree(part, ignore_errors=True)
        return "" if is_done(place, point) else reason(error)
    return ""


def _resumed(point: Point, part: Path, sweep: Path, data: str | None) -> bool:
    """Resume a copy of a run that lost its worker; False if none can be resumed.

    The worker may be thought dead and live: in its own folder nothing is touched.
    """
    for left in parts_of(sweep, point):
        with suppress(Exception):  # damaged, or still changing: the point starts over
            shutil.copytree(left, part, ignore=shutil.ignore_patterns(*OF_THE_LOCK, ".*"))
            resume(part, data)
            return True
        shutil.rmtree(part, ignore_errors=True)
    return False


def _run(point: Point, folder: Path, data: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="brainlearn-") as place:
        file = Path(place) / EXPERIMENT
        file.write_text(point.experiment, encoding="utf-8")
        (Path(place) / CIRCUIT).write_text(point.circuit, encoding="utf-8")
        try:
            run_to_folder(load_experiment(file), folder, data, baseline=point.baseline)
        except UserError as error:
            found = (replace(m, where=m.where.replace(f"{place}{os.sep}", "")) for m in error.mistakes)
            raise UserError(*found) from error


def reason(error: Exception) -> str:
    """Return in one line why a point failed."""
    text = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split()).rstrip(": ")
