"""``brainlearn check``: every mistake in circuit, experiment, rule and sweep files, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from brainlearn.mistakes import Mistake


def check(
    files: Annotated[list[Path], typer.Argument(help="Circuit, experiment, rule or sweep files.", show_default=False)],
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the datasets; default: $BRAINLEARN_DATA.")
    ] = None,
) -> None:
    """Check circuit, experiment, rule and sweep files and the data they name; report every mistake."""
    from brainlearn.cli.terminal import say
    from brainlearn.mistakes import UserError

    mistakes: list[Mistake] = []
    for file in files:
        found = find_mistakes(file, data)
        mistakes += found
        if not found:
            say(f"{file}: no mistakes")
    if mistakes:
        raise UserError(*mistakes)


def find_mistakes(file: Path, data: Path | None = None) -> list[Mistake]:
    """Return every mistake of one file, be it a circuit, an experiment with its own data, a rule or a sweep."""
    from brainlearn.circuit.file_kind import EXPERIMENT, RULE, SWEEP, kind_of_file
    from brainlearn.circuit.reading import read_toml
    from brainlearn.mistakes import UserError

    try:
        kind = kind_of_file(read_toml(file))
        if kind == SWEEP:
            from brainlearn.sweep.any_kind import load_any

            load_any(file, data)
        elif kind == EXPERIMENT:
            from brainlearn.experiment.loading import load_experiment

            experiment = load_experiment(file)
            if experiment.settings.dataset.file is not None:
                from brainlearn.running.preparation import load_data
                from brainlearn.running.sequence import load_turns

                load_turns(experiment, data, *load_data(experiment, data))
        elif kind == RULE:
            from brainlearn.experiment.rule_loading import load_rule

            load_rule(file)
        else:
            from brainlearn.brian.loading import load_circuit

            load_circuit(file)
    except UserError as error:
        return list(error.mistakes)
    return []
