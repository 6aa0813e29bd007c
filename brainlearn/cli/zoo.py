"""``brainlearn zoo``: trained circuits that come with the package."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from brainlearn.cli.terminal import plain_table, say, terminal_console

zoo = typer.Typer(help="List, copy and test trained circuits.", no_args_is_help=True)


class Engine(StrEnum):
    """What answers."""

    COPIES = "copies"
    STOCK = "stock"
    MIRROR = "mirror"


ENGINES: dict[Engine, tuple[Literal["brian", "mirror"], Literal["shared", "stock"]]] = {
    Engine.COPIES: ("brian", "shared"),
    Engine.STOCK: ("brian", "stock"),
    Engine.MIRROR: ("mirror", "shared"),
}


@zoo.command("list")
def list_trained() -> None:
    """List the trained circuits that come with brainlearn."""
    from brainlearn.zoo.shipped import cards, kilobytes

    table = plain_table("", "Load one with brainlearn.load_trained(NAME), copy it with brainlearn zoo get NAME.")
    for name in ("name", "rule", "dataset", "test error %", "kB"):
        table.add_column(name, justify="right" if name in ("test error %", "kB") else "left")
    for card in cards():
        error, size = f"{card.test_error_percent:.2f}", f"{kilobytes(card.name):,.0f}"
        table.add_row(card.name, card.rules, card.dataset, error, size)
    terminal_console().print(table)


@zoo.command("get")
def get_trained(
    name: Annotated[str, typer.Argument(help="Name from brainlearn zoo list.", show_default=False)],
    folder: Annotated[Path | None, typer.Argument(help="New or empty folder; default: NAME.")] = None,
) -> None:
    """Copy a trained circuit with its experiment, circuit file and card."""
    from brainlearn.results.run_folder import RunFolder
    from brainlearn.zoo.shipped import get

    where = get(name, folder or Path(name))
    say(f"{where}: {', '.join(sorted(path.name for path in where.iterdir()))}. Then:")
    say(f"  brainlearn zoo test {shlex.quote(str(where))}")
    say(f"  brainlearn run {shlex.quote(str(RunFolder(where).experiment))}")


@zoo.command(
    "test", epilog="Exit codes: 0 all errors are as recorded, 1 some are not, 2 mistake in a file or an option."
)
def again(
    what: Annotated[str, typer.Argument(help="Name from brainlearn zoo list, or folder of a run.", show_default=False)],
    engine: Annotated[
        list[Engine] | None,
        typer.Option(help="copies (SharedSynapses), stock (Brian2's Synapses, slow) or mirror; may be repeated."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the datasets; default: $BRAINLEARN_DATA.")] = None,
) -> None:
    """Test a trained circuit again and compare its error with the recorded one."""
    from brainlearn.zoo import load_trained

    unlike = False
    for each in engine or [Engine.COPIES]:
        simulator, delivery = ENGINES[each]
        trained = load_trained(what, simulator, delivery, data)
        error, recorded = trained.test_error(), trained.recorded_error
        words = "none is recorded" if recorded is None else f"recorded {recorded:.4f} %"
        say(f"{each.value}: test error {error:.4f} %, {words}")
        unlike |= recorded is not None and error != recorded
    if unlike:
        raise typer.Exit(1)
