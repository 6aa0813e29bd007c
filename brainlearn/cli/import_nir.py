"""``brainlearn import``: a NIR file as a circuit file, with its weights next to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from brainlearn.cli.terminal import say
from brainlearn.mistakes import Mistake, UserError


def import_nir(
    file: Annotated[Path, typer.Argument(help="NIR file.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Circuit file; default: the same name with .toml, in the current folder."),
    ] = None,
    dt: Annotated[str | None, typer.Option("--dt", help='Time step, as "1 ms"; default: that of the file.')] = None,
    reader: Annotated[
        Literal["continuous", "norse", "snntorch"] | None,
        typer.Option(
            "--reader", help="Simulator whose time-step convention applies; default: that of the file, if any."
        ),
    ] = None,
) -> None:
    """Convert a NIR file to a circuit file, with the weights in an .npz file next to it."""
    from brainlearn.interchange.needed import need

    need("nir")
    import numpy as np
    import tomli_w

    from brainlearn.brian.loading import load_circuit
    from brainlearn.circuit.loading import parse_circuit
    from brainlearn.interchange.importing import from_nir
    from brainlearn.interchange.nir_file import read_nir
    from brainlearn.results.whole_file import whole_file, write_text
    from brainlearn.units import UnitError, parse_quantity_of

    path = output or Path(f"{file.stem}.toml")
    arrays = path.with_suffix(".npz")
    for each in (path, arrays):
        if os.path.lexists(each):
            raise UserError(Mistake(str(each), "already exists", "", "a new name", "Choose one with --output."))
    try:
        step = None if dt is None else float(parse_quantity_of(dt, "time").value)
    except UnitError as error:
        raise UserError(Mistake("--dt", error.wrong, error.found, error.allowed, error.suggestion)) from error
    found = from_nir(read_nir(file), str(file), arrays.name, step, reader)
    _, mistakes = parse_circuit(found.data, str(file))
    if mistakes:
        raise UserError(*mistakes)
    with whole_file(arrays) as part, part.open("wb") as opened:
        np.savez_compressed(opened, **found.arrays)  # type: ignore[arg-type]
    write_text(path, f"# Read from {file.name} by brainlearn import.\n\n{tomli_w.dumps(found.data)}")
    load_circuit(path)
    for note in found.notes:
        say(f"Note: {note}")
    say(f"Circuit: {path}, its arrays: {arrays}")
