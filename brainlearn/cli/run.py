"""``brainlearn run``: train and test a circuit, and write the run folder."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brainlearn.cli.terminal import say

if TYPE_CHECKING:
    from brainlearn.mistakes import Mistake
    from brainlearn.results.record import RunRecord

RULE = "rule"
PAGE = "report.html"
INTERRUPTED = 130


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
    from brainlearn.cli.display import display

    if not quiet and os.environ.get("RANK", "0") == "0":  # of several processes the first one speaks
        say(f"Reading {experiment} ...")
    import datetime

    from brainlearn.experiment import load_experiment
    from brainlearn.processes.launch import follows, shared
    from brainlearn.results.run_folder import default_folder
    from brainlearn.running import run_to_folder

    asked = [*(changes or []), *([] if seed is None else [f"seed={seed}"])]
    if follows():
        _follow(experiment, asked, data)
        return
    loaded = load_experiment(experiment, asked)
    folder = output or default_folder(loaded.settings.name, datetime.datetime.now())
    baseline = None if only in (None, RULE) else only
    then = list(loaded.settings.baselines.chosen()) if only is None else []
    with how_to_go_on(folder, data, tables):
        with shared() as share, display(quiet) as watcher:
            record = run_to_folder(loaded, folder, data, watcher, baseline, then, share)
        finish(folder, record, then, data, quiet, tables)


@contextlib.contextmanager
def how_to_go_on(folder: Path, data: Path | None, tables: bool) -> Iterator[None]:
    """Say how to resume a run that is ended by Ctrl-C within the block."""
    try:
        yield
    except KeyboardInterrupt as stop:
        from brainlearn.results.unfinished import MARK
        from brainlearn.running import Interrupted

        if isinstance(stop, Interrupted):
            for mistake in [*_tried(_draw, stop.record, folder), *_tried(write_page, folder)]:
                say(str(mistake))
            say(f"What was learned until now lies in {folder}/")
        if tables and (folder / MARK).exists():
            options = "" if data is None else f" --data {shlex.quote(str(data))}"
            say(f"Go on with: brainlearn resume {shlex.quote(str(folder))}{options}")
        raise


def finish(
    folder: Path, record: RunRecord | None, then: Sequence[str], data: Path | None, quiet: bool, tables: bool
) -> None:
    """Draw and report a run that has ended, then run those baselines that have not.

    Parameters
    ----------
    folder : Path
        The run folder, with its result.
    record : RunRecord or None
        None if it was reported before.
    then : sequence of str
        Baselines of the run.
    data : Path, optional
    quiet, tables : bool
        As for `run`.

    Raises
    ------
    UserError
        At the end, if pictures could not be written.
    """
    from brainlearn.mistakes import Mistake, UserError

    undrawn: list[Mistake] = []
    if record is not None:
        undrawn += _tried(_draw, record, folder)
        if not quiet and tables:
            _report(record, folder)
    try:
        if then:
            _run_baselines(folder, then, data, quiet)
    finally:
        if tables:  # a baseline stands in the report of its run
            undrawn += _tried(write_page, folder)
    if then and not quiet:
        _compare(folder)
    if undrawn:
        hint = f"See to it that they can be, then: brainlearn report {shlex.quote(str(folder))}"
        raise UserError(
            *undrawn, Mistake(str(folder), "the run is whole, not all its pictures are written", "", "", hint)
        )
    if tables and not quiet:
        say(f"Report: {folder / PAGE}")


def _tried(draw: Callable[..., object], *arguments: object) -> list[Mistake]:
    """Draw, and return what the system refused: a full disk must not end what comes after."""
    from brainlearn.mistakes import UserError

    try:
        draw(*arguments)
    except UserError as error:
        return list(error.mistakes)
    return []


def _run_baselines(folder: Path, names: Sequence[str], data: Path | None, quiet: bool) -> None:
    """Run those baselines that have not run, one after the other."""
    from brainlearn.results.folder_lock import locked
    from brainlearn.results.unfinished import mark_finished

    with locked(folder):
        for name in names:
            _run_baseline(folder, name, data, quiet)
        mark_finished(folder)


def write_page(folder: Path) -> None:
    """Write the report of the run and of its baselines."""
    from brainlearn.report.page import write_report
    from brainlearn.report.runs import find_runs

    write_report(find_runs([folder]), folder / PAGE)


def _follow(experiment: Path, changes: Sequence[str], data: Path | None) -> None:
    """Simulate a share of the copies of a run that another process shows and writes; it also names mistakes."""
    from brainlearn.experiment import load_experiment
    from brainlearn.mistakes import UserError
    from brainlearn.processes.launch import shared
    from brainlearn.running import run_record
    from brainlearn.training.progress import Silent

    try:
        with shared() as share:
            run_record(load_experiment(experiment, changes), data, Silent(), share=share)
    except UserError:
        raise typer.Exit(2) from None


def _run_baseline(folder: Path, name: str, data: Path | None, quiet: bool) -> None:
    """Run a baseline, or what is left of it, in a process of its own, so that its peak memory is its own."""
    from brainlearn.results.unfinished import MARK

    where = folder / "baselines" / name
    if (where / MARK).exists():
        command = ["resume", str(where)]
    elif (where / "summary.json").exists():
        return
    else:
        command = ["run", str(folder / "experiment.toml"), "--only", name, "--output", str(where)]
    options = ["--no-tables", *([] if data is None else ["--data", str(data.resolve())]), *(["--quiet"] * quiet)]
    code = _wait_for([sys.executable, "-m", "brainlearn", *command, *options])
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise typer.Exit(code)


def _wait_for(command: list[str]) -> int:
    """Run a command and return its exit code; what asks this process to end is passed on to it."""
    from brainlearn.processes.launch import without_torchrun

    process = subprocess.Popen(command, env=without_torchrun(os.environ))
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda number, _: process.send_signal(number)) for number in signals}
    try:
        return process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _compare(folder: Path) -> None:
    """Print the rule beside the baselines."""
    from brainlearn.cli.compare import comparison_table, runs_of
    from brainlearn.cli.summary import find_summary
    from brainlearn.cli.terminal import terminal_console

    terminal_console().print(comparison_table([find_summary(run) for run in runs_of(folder)]))


def _draw(record: RunRecord, folder: Path) -> None:
    """Write the picture of the run."""
    from brainlearn.plots.overview import overview
    from brainlearn.plots.save import save_figure
    from brainlearn.results.tree import result_tree

    save_figure(overview(result_tree(record)), folder / "figure.png")


def _report(record: RunRecord, folder: Path) -> None:
    """Print the summary table and where the files lie."""
    from brainlearn.cli.summary import population_table, run_table
    from brainlearn.cli.terminal import terminal_console
    from brainlearn.results.summary import summary

    console = terminal_console()
    found = summary(record)
    for table in (run_table(found), population_table(found)):
        console.print(table)
    for note in record.notes:
        console.print(f"Note: {note}")
    console.print(f"Files: {folder}/ (summary.json, result.nc, figure.png, experiment.toml, circuit.toml)")
