"""``brainlearn new``: a small project to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from brainlearn.cli.terminal import say
from brainlearn.mistakes import Mistake, UserError

FILES = ("README.md", "circuit.toml", "rule.toml", "experiment.toml", "sweep.toml", "run.py")


def new(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; created if needed.", show_default=False)],
) -> None:
    """Create a small project to start from: a circuit, a rule, an experiment, a sweep and a script."""
    from importlib.resources import files

    from brainlearn.results.whole_file import not_writable, write_text

    there = [folder / name for name in FILES if (folder / name).exists()]
    if there:
        raise UserError(*(Mistake(str(path), "already exists", "", "a folder without one") for path in there))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(not_writable(folder, error)) from error
    starter = files("brainlearn") / "starter"
    for name in FILES:
        write_text(folder / name, (starter / name).read_text(encoding="utf-8"))
    say(f"{folder}: {', '.join(FILES)}. Then:")
    say(f"  cd {shlex.quote(str(folder))}")
    say("  brainlearn describe circuit.toml")
    say("  brainlearn run experiment.toml")
