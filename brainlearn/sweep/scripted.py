"""A sweep or a search that a script asks for, of a file or of an experiment that it holds."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w
from xarray import Dataset

from brainlearn.circuit.plain_values import plain
from brainlearn.experiment.loading import Experiment as ReadExperiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.scripting.experiment import Experiment
from brainlearn.sweep.any_kind import load_any, run_any
from brainlearn.sweep.loading import Sweep
from brainlearn.sweep.progress import SilentSweep, SweepWatcher
from brainlearn.sweep.run import FILE, default_folder
from brainlearn.sweep.search.loading import Search


def run_sweep(
    sweep: str | Path | ReadExperiment,
    folder: str | Path | None = None,
    workers: int | None = None,
    data: str | Path | None = None,
    watcher: SweepWatcher | None = None,
    **tables: Any,
) -> Dataset:
    """Run an experiment for many values of its keys, or search for the best ones, in parallel processes.

    Parameters
    ----------
    sweep : str, Path or Experiment
        A sweep file, or an experiment; then `tables` holds what a sweep file would.
    folder : str or Path, optional
        For all runs and their results; finished points in it are not computed again. Default: ``runs/sweep-NAME``.
    workers : int, optional
        Processes; default: one for each core.
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.
    watcher : SweepWatcher, optional
        Shows progress; default: silent.
    **tables : object
        Keys of a sweep file: ``grid={"sizes.V1/E": [25, 100]}, seeds=[1, 2]``, or ``points``, ``set``, ``train``,
        ``search``; docs/sweep-files.md describes them.

    Returns
    -------
    xarray.Dataset
        docs/sweeps.md describes it.

    Raises
    ------
    UserError
        With every mistake of every point, before anything runs.

    Examples
    --------
    >>> from brainlearn import load_experiment, run_sweep
    >>> experiment = load_experiment("experiments/01_forward_forward_digits/experiment.toml")
    >>> found = run_sweep(experiment, "runs/sizes", grid={"sizes.V1/E": [25, 100]}, seeds=[1, 2])
    >>> found["test_error"].mean("seed")  # (sizes_V1_E,) percent
    """
    with tempfile.TemporaryDirectory(prefix="brainlearn-") as place:
        if isinstance(sweep, str | Path):
            if tables:
                hint, given = "Pass an experiment, or write them into the file.", ", ".join(tables)
                raise UserError(Mistake(str(sweep), "a sweep file has its own keys", given, suggestion=hint))
            loaded = load_any(sweep, data)
        else:
            loaded = _loaded(_written(sweep, Path(place), tables), data, sweep.settings.name)
        where = Path(folder) if folder is not None else default_folder(loaded.settings.name)
        return run_any(loaded, where, workers, None, data, watcher or SilentSweep())


def _loaded(file: Path, data: str | Path | None, name: str) -> Sweep | Search:
    """Read the sweep of a script; mistakes name it instead of a temporary file."""
    try:
        return load_any(file, data)
    except UserError as error:
        mistakes = (replace(each, where=each.where.replace(str(file), f'sweep "{name}"')) for each in error.mistakes)
        raise UserError(*mistakes) from None


def _written(experiment: ReadExperiment, folder: Path, tables: Mapping[str, Any]) -> Path:
    """Write an experiment and the file of its sweep, and return the latter."""
    if not isinstance(experiment, Experiment):
        raise UserError(Mistake("sweep", "neither a file nor an experiment", type(experiment).__name__))
    experiment.save(folder / "experiment.toml")
    said = {"name": experiment.settings.name, "experiment": "experiment.toml", **plain(dict(tables))}
    file = folder / FILE
    file.write_text(tomli_w.dumps(said), encoding="utf-8")
    return file
