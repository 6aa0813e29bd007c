"""``brainlearn sweep``: many runs of one experiment side by side, and their results as one array."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from xarray import Dataset


def sweep(
    file: Annotated[Path, typer.Argument(metavar="SWEEP", help="Sweep file.", show_default=False)],
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Number of local worker processes; default: one per core.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Use the workers of a Dask scheduler instead.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the datasets; default: $BRAINLEARN_DATA.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Folder of the sweep; default runs/sweep-<name>. Finished points are kept."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Run all points of a sweep file, or search for settings, in parallel, and collect the results in one array."""
    from brainlearn.cli.terminal import say
    from brainlearn.mistakes import Mistake, UserError

    if workers is not None and scheduler is not None:
        raise UserError(Mistake("--workers", "a scheduler uses its own workers", "--scheduler too", "one of the two"))
    if not quiet:
        say(f"Reading {file} and checking its points ...")
    from brainlearn.cli.display import sweep_display
    from brainlearn.plots.save import save_figure
    from brainlearn.results.run_folder import FIGURE
    from brainlearn.running.signals import handled, interrupt
    from brainlearn.sweep.any_kind import figure_of, load_any, run_any
    from brainlearn.sweep.run import default_folder

    loaded = load_any(file, data)
    folder = output or default_folder(loaded.settings.name)
    try:
        with handled(interrupt), sweep_display(quiet) as watcher:
            dataset = run_any(loaded, folder, workers, scheduler, data, watcher)
    except KeyboardInterrupt:
        say(f"Finished points are in {folder}/; run the same command again to continue.")
        raise
    save_figure(figure_of(dataset), folder / FIGURE)
    if not quiet:
        _report(dataset, folder)
    if dataset.attrs["points_without_result"]:
        raise typer.Exit(1)


def _report(dataset: Dataset, folder: Path) -> None:
    """Print the table, what failed, and where the files are."""
    from brainlearn.cli.search_table import failed_trials, search_tables
    from brainlearn.cli.sweep_table import failures, sweep_table
    from brainlearn.cli.terminal import terminal_console
    from brainlearn.sweep.any_kind import is_search

    console, search = terminal_console(), is_search(dataset)
    for table in search_tables(dataset) if search else [sweep_table(dataset)]:
        console.print(table)
    for line in failed_trials(dataset) if search else failures(dataset):
        console.print(f"No result: {line}")
    arms = "arms/, " if search else ""
    console.print(f"Files: {folder}/ (sweep.nc, figure.png, {arms}points/)")
