"""Sweeps of points, and searches: one interface for both kinds of sweep file."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure
from xarray import Dataset

from brainlearn.plots.search import search_figure
from brainlearn.plots.sweep import sweep_figure
from brainlearn.sweep.cluster import client_of
from brainlearn.sweep.loading import Sweep, load_sweep, read_sweep_file
from brainlearn.sweep.progress import SweepWatcher
from brainlearn.sweep.run import run_sweep
from brainlearn.sweep.search.loading import Search, load_search
from brainlearn.sweep.search.run import run_search


def load_any(path: str | Path, data: str | Path | None = None) -> Sweep | Search:
    """Read a sweep file and check all that it says; UserError with every mistake."""
    settings = read_sweep_file(path)
    return load_sweep(path, data) if settings.search is None else load_search(settings, path, data)


def run_any(
    loaded: Sweep | Search,
    folder: Path,
    workers: int | None,
    scheduler: str | None,
    data: str | Path | None,
    watcher: SweepWatcher,
) -> Dataset:
    """Compute what is missing; see `run_sweep`, `run_search` and `client_of`."""
    if isinstance(loaded, Sweep):
        return run_sweep(loaded, folder, client_of(workers, scheduler, len(loaded.points)), data, watcher)
    trials = loaded.table.trials * len(loaded.arms)
    return run_search(loaded, folder, client_of(workers, scheduler, trials), data, watcher)


def is_search(dataset: Dataset) -> bool:
    """Return whether a dataset is that of a search."""
    return "trial" in dataset.dims


def figure_of(dataset: Dataset) -> Figure:
    """Draw a sweep, or the trials of a search."""
    return search_figure(dataset) if is_search(dataset) else sweep_figure(dataset)
