"""``brainlearn export``: a run, or a circuit, in a format of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from brainlearn.mistakes import Mistake, UserError

Format = Literal["nir", "npz", "csv"]


def export(
    what: Annotated[Path, typer.Argument(help="Run folder; for nir also a circuit file.", show_default=False)],
    form: Annotated[Format, typer.Option("--format", help="What to write.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", help="File, for csv a folder; default: beside the result.")
    ] = None,
    reader: Annotated[
        Literal["continuous", "norse", "snntorch"],
        typer.Option("--reader", help="For nir: who will read it; see docs/interchange.md."),
    ] = "continuous",
    subtract: Annotated[
        bool, typer.Option("--subtract", help="For nir: write units that reset by subtraction, said in metadata only.")
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", help="For circuit files: seed of the initial weights.")] = None,
) -> None:
    """Write a circuit with its weights as NIR, or everything that a run measured as npz or CSV."""
    if form == "nir":
        path = _new(output or (what / "circuit.nir" if what.is_dir() else Path(f"{what.stem}.nir")))
        _write_nir(what, path, reader, subtract, seed)
        typer.echo(f"Circuit: {path}")
        return
    from brainlearn.interchange.tables import write_csv, write_npz
    from brainlearn.results.store import load_result

    tree = load_result(what)
    beside = what if what.is_dir() else what.parent
    if form == "npz":
        path = _new(output or beside / "result.npz")
        write_npz(tree, path)
        typer.echo(f"Arrays: {path}")
    else:
        path = _new(output or beside / "csv")
        _make(path)
        typer.echo(f"Tables: {path}/ ({len(write_csv(tree, path))} files)")


def _write_nir(what: Path, path: Path, reader: str, subtract: bool, seed: int | None) -> None:
    need_nir()
    from brainlearn.interchange.exporting import to_nir
    from brainlearn.interchange.learned import circuit_of
    from brainlearn.interchange.nir_file import write_nir

    circuit, weights = circuit_of(what, seed)
    write_nir(to_nir(circuit, weights, reader, subtract), path)


def need_nir() -> None:
    """Raise a UserError if the package nir is not installed."""
    from importlib.util import find_spec

    if find_spec("nir") is None:
        hint = 'Install it: pip install "brainlearn[interchange]".'
        raise UserError(Mistake("nir", "the package is not installed", suggestion=hint))


def _new(path: Path) -> Path:
    if path.exists():
        raise UserError(Mistake(str(path), "is there already", "", "a new name", "Give one with --output."))
    return path


def _make(folder: Path) -> None:
    from brainlearn.results.whole_file import not_writable

    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UserError(not_writable(folder, error)) from error
