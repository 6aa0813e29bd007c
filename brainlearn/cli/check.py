"""``brainlearn check``: every mistake in circuit, experiment and sweep files, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from brainlearn.mistakes import Mistake


def check(
    files: Annotated[list[Path], typer.Argument(help="Circuit, experiment or sweep files.", show_default=False)],
) -> None:
    """Check circuit, experiment and sweep files, and name every mistake."""
    from brainlearn.cli.terminal import say
    from brainlearn.mistakes import UserError

    mistakes: list[Mistake] = []
    for file in files:
        found = find_mistakes(file)
        mistakes += found
        if not found:
            say(f"{file}: no mistakes")
    if mistakes:
        raise UserError(*mistakes)


def find_mistakes(file: Path) -> list[Mistake]:
    """Return every mistake of one file, be it a circuit, an experiment or a sweep."""
    from brainlearn.circuit.file_kind import EXPERIMENT, SWEEP, kind_of_file
    from brainlearn.circuit.reading import read_toml
    from brainlearn.mistakes import UserError

    try:
        data = read_toml(file)
        kind = kind_of_file(data)
        if kind == SWEEP:
            return _mistakes_of_sweep(file)
        return _mistakes_of_experiment(file) if kind == EXPERIMENT else _mistakes_of_circuit(data, str(file))
    except UserError as error:
        return list(error.mistakes)


def _mistakes_of_sweep(file: Path) -> list[Mistake]:
    from brainlearn.sweep.loading import load_sweep

    load_sweep(file)
    return []


def _mistakes_of_experiment(file: Path) -> list[Mistake]:
    from brainlearn.experiment import load_experiment

    load_experiment(file)
    return []


def _mistakes_of_circuit(data: dict[str, Any], where: str) -> list[Mistake]:
    from brainlearn.brian.text_check import find_mistakes as find_text_mistakes
    from brainlearn.circuit import parse_circuit

    circuit, mistakes = parse_circuit(data, where)
    return [*mistakes, *find_text_mistakes(circuit)]
