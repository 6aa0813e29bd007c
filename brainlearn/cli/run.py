"""``brainlearn run``: train and test a circuit, and write the run folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from brainlearn.results.record import RunRecord

RULE = "rule"
PAGE = "report.html"


def run(
    experiment: Annotated[Path, typer.Argument(help="Experiment file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY.PATH=VALUE", help="Replace a value of the file; may be given many times."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Run folder; default runs/<experiment>-<date>-<time>.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the datasets; default: $BRAINLEARN_DATA.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same as --set seed=N.")] = None,
    only: Annotated[
        str | None,
        typer.Option("--only", help="rule, or the name of one baseline; default: the rule and all baselines."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
    tables: Annotated[bool, typer.Option("--tables/--no-tables", hidden=True)] = True,
) -> None:
    """Train and test a circuit as an experiment file says, then its digital baselines, and write the run folder."""
    from brainlearn.cli.display import display, say

    if not quiet:
        say(f"Reading {experiment} ...")
    import datetime

    from brainlearn.experiment import Interrupted, load_experiment, run_to_folder
    from brainlearn.results.run_folder import default_folder

    asked = [*(changes or []), *([] if seed is None else [f"seed={seed}"])]
    loaded = load_experiment(experiment, asked)
    folder = output or default_folder(loaded.settings.name, datetime.datetime.now())
    baseline = None if only in (None, RULE) else only
    try:
        with display(quiet) as watcher:
            record = run_to_folder(loaded, folder, data, watcher, baseline)
    except Interrupted as interrupted:
        _draw(interrupted.record, folder)
        _write_page(folder)
        say(f"What was learned until now lies in {folder}/")
        raise
    _draw(record, folder)
    if not quiet and tables:
        _report(record, folder)
    try:
        if only is None and (names := list(loaded.settings.baselines.chosen())):
            for name in names:
                _run_baseline(folder, name, data, quiet)
            if not quiet:
                _compare(folder)
    finally:
        if tables:  # a baseline stands in the report of its run
            _write_page(folder)
    if not quiet and tables:
        say(f"Report: {folder / PAGE}")


def _run_baseline(folder: Path, name: str, data: Path | None, quiet: bool) -> None:
    """Run a baseline in a process of its own, so that its peak memory is its own."""
    options = ["--only", name, "--output", str(folder / "baselines" / name), "--no-tables"]
    options += [] if data is None else ["--data", str(data.resolve())]
    options += ["--quiet"] if quiet else []
    command = [sys.executable, "-m", "brainlearn", "run", str(folder / "experiment.toml"), *options]
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


def _compare(folder: Path) -> None:
    """Print the rule beside the baselines."""
    from rich.console import Console

    from brainlearn.cli.compare import comparison_table, runs_of
    from brainlearn.cli.summary import find_summary

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    console.print(comparison_table([find_summary(run) for run in runs_of(folder)]))


def _draw(record: RunRecord, folder: Path) -> None:
    """Write the picture of the run."""
    from brainlearn.plots.overview import overview
    from brainlearn.plots.save import save_figure
    from brainlearn.results.tree import result_tree

    save_figure(overview(result_tree(record)), folder / "figure.png")


def _write_page(folder: Path) -> None:
    """Write the report of the run and of its baselines."""
    from brainlearn.report.page import write_report
    from brainlearn.report.runs import find_runs

    write_report(find_runs([folder]), folder / PAGE)


def _report(record: RunRecord, folder: Path) -> None:
    """Print the summary table and where the files lie."""
    from rich.console import Console

    from brainlearn.cli.summary import population_table, run_table
    from brainlearn.results.summary import summary

    console = Console(highlight=False)
    found = summary(record)
    for table in (run_table(found), population_table(found)):
        console.print(table)
    for note in record.notes:
        console.print(f"Note: {note}", markup=False)
    console.print(
        f"Files: {folder}/ (summary.json, result.nc, figure.png, experiment.toml, circuit.toml)", markup=False
    )
