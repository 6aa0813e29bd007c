"""``brainlearn resume``: resume an unfinished run."""

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
    part: Annotated[bool, typer.Option("--part", hidden=True, help="Of another run, with which it ends.")] = False,
) -> None:
    """Resume a run that was interrupted or killed from its last checkpoint, with the same result."""
    from brainlearn.cli.display import display
    from brainlearn.cli.following import follow
    from brainlearn.cli.going_on import GoingOn
    from brainlearn.cli.outcome import finish
    from brainlearn.cli.terminal import say
    from brainlearn.processes.launch import follows, shared
    from brainlearn.results.run_folder import RunFolder

    if part:
        from brainlearn.processes.parent import end_with_parent

        end_with_parent()
    folder = RunFolder(run)
    unfinished = folder.unfinished()
    if unfinished is None:
        if not quiet:
            say(f"{run} has ended: there is nothing to resume.")
        return
    if follows():
        from brainlearn.running.whole_run import RULE

        follow(folder.experiment, (), data, unfinished.baseline or RULE)
        return
    if not quiet:
        say(f"Reading {run} ...")
    from brainlearn.running import resume as resume_run
    from brainlearn.running.whole_run import drawn_when_interrupted

    with GoingOn(data, part) as going_on:
        going_on.folder = folder
        with shared() as share, display(quiet) as watcher, drawn_when_interrupted(folder, watcher):
            ended = resume_run(run, data, watcher, share=share)
        finish(folder, None if ended is None else ended.tree, unfinished.then, data, quiet, part)
