"""``brainlearn export``: a run, or a circuit, in a format of others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from brainlearn.cli.terminal import say
from brainlearn.mistakes import Mistake, UserError

if TYPE_CHECKING:
    from xarray import DataTree

Format = Literal["nir", "sonata", "neo", "npz", "csv"]


def export(
    what: Annotated[
        Path, typer.Argument(help="Run folder; for nir and sonata also a circuit file.", show_default=False)
    ],
    form: Annotated[Format, typer.Option("--format", help="Output format.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", help="Output file (csv, sonata: folder); default: beside the result.")
    ] = None,
    reader: Annotated[
        Literal["continuous", "norse", "snntorch"],
        typer.Option("--reader", help="For nir: library that will read it; see docs/interchange.md."),
    ] = "continuous",
    subtract: Annotated[
        bool,
        typer.Option("--subtract", help="For nir: export units that reset by subtraction, noted only in the metadata."),
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", help="For circuit files: seed of random values.")] = None,
    duration: Annotated[
        str | None,
        typer.Option(
            "--duration", help="For sonata: simulated time in NEST, as '2 s'; default: 1 s, or that of the simulation."
        ),
    ] = None,
) -> None:
    """Export a circuit as NIR or SONATA (for NEST), spikes for Neo, or all results as npz or CSV."""
    from brainlearn.regular_file import is_folder

    if form == "nir":
        path = _new(output or (what / "circuit.nir" if is_folder(what) else Path(f"{what.stem}.nir")))
        _write_nir(what, path, reader, subtract, seed)
        say(f"Circuit: {path}")
        return
    if form == "sonata":
        _write_sonata(
            what, _new(output or (what / form if is_folder(what) else Path(f"{what.stem}-sonata"))), duration, seed
        )
        return
    from brainlearn.interchange.tables import write_csv, write_npz
    from brainlearn.results.store import load_result, load_run

    tree = load_result(what) if form == "neo" else load_run(what)
    beside = what if is_folder(what) else what.parent
    if form == "neo":
        path = _new(output or beside / "spikes.nix")
        _write_neo(tree, what, path)
    elif form == "npz":
        path = _new(output or beside / "result.npz")
        write_npz(tree, path)
        say(f"Arrays: {path}")
    else:
        path = _new(output or beside / "csv")
        _make(path)
        say(f"Tables: {path}/ ({len(write_csv(tree, path))} files)")


def _write_nir(what: Path, path: Path, reader: str, subtract: bool, seed: int | None) -> None:
    from brainlearn.interchange.needed import need

    need("nir")
    from brainlearn.interchange.exporting import to_nir
    from brainlearn.interchange.learned import circuit_of
    from brainlearn.interchange.nir_file import write_nir

    circuit, weights, drawn_by = circuit_of(what, seed)
    write_nir(to_nir(circuit, weights, reader, subtract, drawn_by), path)


def _write_sonata(what: Path, folder: Path, duration: str | None, seed: int | None) -> None:
    from brainlearn.interchange.sonata.exporting import export_sonata

    written, notes = export_sonata(what, folder, duration, seed)
    for note in notes:
        say(f"Note: {note}")
    size = f"{written.units:,} units, {written.synapses:,} synapses, {written.bytes / 1e6:,.1f} MB"
    say(f"Circuit: {folder}/ ({size}). To simulate it in NEST: python {folder}/simulate_in_nest.py")


def _write_neo(tree: DataTree, what: Path, path: Path) -> None:
    from brainlearn.interchange.needed import need

    need("neo", "nixio")
    from brainlearn.interchange.neo_block import to_neo, write_nix

    block = to_neo(tree, str(what))
    trains = sum(len(segment.spiketrains) for segment in block.segments)
    write_nix(block, path)
    of = "copies" if "copy" in block.segments[0].annotations else "presentations"
    say(f"Spikes: {path} ({len(block.segments)} {of}, {trains:,} spike trains)")


def _new(path: Path) -> Path:
    if os.path.lexists(path):
        raise UserError(Mistake(str(path), "already exists", "", "a new name", "Choose one with --output."))
    return path


def _make(folder: Path) -> None:
    from brainlearn.results.whole_file import not_writable

    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UserError(not_writable(folder, error)) from error
