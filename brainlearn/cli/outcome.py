"""What the command line says at the end of a run, and the baselines that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from brainlearn.cli.terminal import say

if TYPE_CHECKING:
    from xarray import DataTree

    from brainlearn.results.run_folder import RunFolder


def finish(
    folder: RunFolder, tree: DataTree | None, then: Sequence[str], data: Path | None, quiet: bool, part: bool
) -> None:
    """Print the result, run the baselines that have not run, and say where the report is.

    Parameters
    ----------
    folder : RunFolder
        With its result.
    tree : xarray.DataTree, optional
        The result; None if it was printed before.
    then : sequence of str
        Baselines of the run.
    data : Path, optional
    quiet, part : bool
        As for `run`.

    Raises
    ------
    UserError
        If a baseline ends without a result; at the end, if pictures could not be written.
    """
    from brainlearn.mistakes import UserError
    from brainlearn.running.ending import complete

    tables = not (quiet or part)
    if tree is not None and tables:
        _report(tree, folder)
    undrawn = complete(folder, tree, then, data, quiet, say, part)
    if then and tables:
        _compare(folder)
    if undrawn:
        raise UserError(*undrawn)
    if tables:
        say(f"Report: {folder.report}")


def _compare(folder: RunFolder) -> None:
    """Print the rule and the baselines."""
    from brainlearn.cli.compare import comparison_table
    from brainlearn.cli.summary import find_summary
    from brainlearn.cli.terminal import terminal_console

    terminal_console().print(comparison_table([find_summary(run.path) for run in folder.runs()]))


def _report(tree: DataTree, folder: RunFolder) -> None:
    """Print the summary table and where the files are."""
    from brainlearn.cli.summary import population_table, run_table
    from brainlearn.cli.terminal import terminal_console
    from brainlearn.results.summary import summary

    console = terminal_console()
    found = summary(tree)
    for table in (run_table(found), population_table(found)):
        console.print(table)
    for note in found["notes"]:
        console.print(f"Note: {note}")
    files = (folder.summary, folder.result, folder.figure, folder.experiment, folder.circuit)
    console.print(f"Files: {folder}/ ({', '.join(file.name for file in files)})")
