"""``brainlearn run``: train and test a circuit, and write the run folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from brainlearn.cli.going_on import GoingOn
from brainlearn.cli.terminal import say


def run(
    experiment: Annotated[Path, typer.Argument(help="Experiment file.")],
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY.PATH=VALUE", help="Replace a value of the file; may be repeated."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Run folder; default runs/<experiment>-<date>-<time>.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the datasets; default: $BRAINLEARN_DATA.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Same as --set seed=N.")] = None,
    only: Annotated[
        str | None,
        typer.Option("--only", help="Run only the rule ('rule') or one baseline (its name); default: all."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
    part: Annotated[bool, typer.Option("--part", hidden=True, help="Of another run, with which it ends.")] = False,
) -> None:
    """Train and test a circuit as an experiment file says, then its digital baselines, and write the run folder."""
    from brainlearn.cli.display import display
    from brainlearn.cli.following import follow
    from brainlearn.cli.outcome import finish

    if part:
        from brainlearn.processes.parent import end_with_parent

        end_with_parent()
    if not quiet and os.environ.get("RANK", "0") == "0":  # of several processes the first one speaks
        say(f"Reading {experiment} ...")
    from brainlearn.experiment import load_experiment
    from brainlearn.processes.launch import follows, restarted, shared
    from brainlearn.results.run_folder import RunFolder
    from brainlearn.running.in_folder import begin, prepare_run
    from brainlearn.running.whole_run import drawn_when_interrupted, new_folder, what_to_train

    asked = [*(changes or []), *([] if seed is None else [f"seed={seed}"])]
    if follows():
        follow(experiment, asked, data, only)
        return
    if output is not None and restarted() and RunFolder(output).marked:
        from brainlearn.cli.resume import resume

        resume(output, data, quiet, part)
        return
    loaded = load_experiment(experiment, asked)
    baseline, then = what_to_train(loaded, only)
    with GoingOn(data, part) as going_on:
        with shared() as share, display(quiet) as watcher:
            prepared = prepare_run(loaded, data, watcher, baseline, then, share)
            folder = going_on.folder = new_folder(loaded, output)
            with drawn_when_interrupted(folder, watcher):
                tree = begin(prepared, folder).tree
        finish(folder, tree, then, data, quiet, part)
