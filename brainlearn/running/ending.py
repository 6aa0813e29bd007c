"""The end of a run: its figure, its baselines, its report."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.run_folder import RunFolder
from brainlearn.running.baselines import run_baselines

if TYPE_CHECKING:
    from xarray import DataTree


def complete(
    folder: RunFolder,
    tree: DataTree | None,
    then: Sequence[str],
    data: str | Path | None,
    quiet: bool,
    told: Callable[[str], None],
    part: bool = False,
) -> list[Mistake]:
    """Draw a run that has ended, run those of its baselines that have not, and write its report.

    Parameters
    ----------
    folder : RunFolder
        With the result.
    tree : xarray.DataTree, optional
        The result; None if it was drawn before.
    then, data, quiet, told
        As for `run_baselines`.
    part : bool
        Whether it is a baseline of another run, whose report shows it.

    Returns
    -------
    list of Mistake
        What the system refused to write: a full disk must not end what comes after. The run is whole without it.
    """
    undrawn = [] if tree is None else tried(lambda: draw(folder, tree))
    try:
        run_baselines(folder, then, data, quiet, told)
    finally:
        if not part:
            undrawn += tried(lambda: write_page(folder))
    if undrawn:
        hint = f"Fix the cause, then run: brainlearn report {shlex.quote(str(folder))}"
        undrawn.append(Mistake(str(folder), "the run is complete, but some figures could not be written", "", "", hint))
    return undrawn


def draw(folder: RunFolder, tree: DataTree) -> None:
    """Draw the figure of a run."""
    from brainlearn.plots.overview import overview
    from brainlearn.plots.save import save_figure

    save_figure(overview(tree), folder.figure)


def write_page(folder: RunFolder) -> None:
    """Write the report of a run and of its baselines."""
    from brainlearn.report.page import write_report
    from brainlearn.report.runs import find_runs

    write_report(find_runs([folder.path]), folder.report)


def tried(write: Callable[[], object]) -> list[Mistake]:
    """Write, and return what failed."""
    try:
        write()
    except UserError as error:
        return list(error.mistakes)
    return []
