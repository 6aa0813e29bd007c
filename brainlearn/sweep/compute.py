"""What a worker does: one point, from its text to its run folder, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from dataclasses import replace
from pathlib import Path

from brainlearn.mistakes import UserError
from brainlearn.sweep.point import CIRCUIT, PART, Point, folder_of, is_done


def compute_point(point: Point, sweep: str, data: str | None) -> str:
    """Run one point, unless its run folder is there already.

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
    if is_done(Path(sweep), point):
        return ""
    final = folder_of(Path(sweep), point)
    part = final.with_name(f".{point.name}.{uuid.uuid4().hex[:12]}{PART}")
    try:
        _run(point, part, data)
        os.rename(part, final)
    except Exception as error:  # whatever a point does, the others go on
        return "" if is_done(Path(sweep), point) else reason(error)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return ""


def _run(point: Point, folder: Path, data: str | None) -> None:
    from brainlearn.experiment import load_experiment, run_to_folder

    with tempfile.TemporaryDirectory(prefix="brainlearn-") as place:
        file = Path(place) / "experiment.toml"
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
