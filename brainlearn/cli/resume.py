"""``brainlearn resume``: go on with a run that did not end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def resume(
    run: Annotated[Path, typer.Argument(help="Run folder of a run that was interrupted or killed.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the datasets; default: $BRAINLEARN_DATA.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
    tables: Annotated[bool, typer.Option("--tables/--no-tables", hidden=True)] = True,
) -> None:
    """Go on with a run that was interrupted or killed, from its last checkpoint; what comes out is the same."""
    from brainlearn.cli.display import display
    from brainlearn.cli.run import finish, how_to_go_on
    from brainlearn.cli.terminal import say
    from brainlearn.results.unfinished import read_mark

    unfinished = read_mark(run)
    if unfinished is None:
        if not quiet:
            say(f"{run} has ended: there is nothing to resume.")
        return
    if not quiet:
        say(f"Reading {run} ...")
    from brainlearn.running import resume as resume_run

    with how_to_go_on(run, data, tables):
        with display(quiet) as watcher:
            record = resume_run(run, data, watcher)
        finish(run, record, unfinished.then, data, quiet, tables)
