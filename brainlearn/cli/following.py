"""A process beside the first one of a run, which shows it and writes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer


def follow(experiment: Path, changes: Sequence[str], data: Path | None, only: str | None) -> None:
    """Simulate a share of the copies of a run that another process shows and writes; it also names mistakes."""
    from brainlearn.experiment import load_experiment
    from brainlearn.mistakes import UserError
    from brainlearn.processes.launch import shared
    from brainlearn.running.taking_part import take_part
    from brainlearn.running.whole_run import what_to_train

    try:
        loaded = load_experiment(experiment, changes)
        with shared() as share:
            take_part(loaded, data, share, what_to_train(loaded, only)[0])
    except UserError:
        raise typer.Exit(2) from None
