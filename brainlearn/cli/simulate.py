"""``brainlearn simulate``: a circuit for any time, as it is or learning by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brainlearn.cli.terminal import say

if TYPE_CHECKING:
    from rich.table import Table
    from xarray import DataTree

    from brainlearn.results.run_folder import RunFolder
    from brainlearn.results.spike_statistics import PopulationStatistics
    from brainlearn.simulating.learning import Asked
    from brainlearn.simulating.run import Prepared

EXAMPLE = (
    "Example: brainlearn simulate circuits/two_areas.toml --duration '500 ms' --input retina/image=0.5 "
    "--record V1/E:v,spikes --trials 4"
)
OPTIONS = ("input ", "record ", "duration", "interval", "copies", "seed", "nudging", "learn")  # as mistakes name them


class Precision(StrEnum):
    """Of the numbers."""

    single = "float32"
    double = "float64"


class DeliveryChoice(StrEnum):
    """How spikes are delivered."""

    shared = "shared"
    stock = "stock"


def simulate(
    circuit: Annotated[Path, typer.Argument(help="A circuit file, or an experiment file.", show_default=False)],
    duration: Annotated[str, typer.Option("--duration", "-t", help="Simulated time, as '2 s'.")] = "500 ms",
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="POPULATION=VALUE",
            help="Value of a stimulus: 0.5, '20 Hz', '20 Hz from 100 ms to 200 ms', random, or a file "
            "(.npz, .nc, .csv); POPULATION:VARIABLE sets another variable. May be repeated.",
        ),
    ] = None,
    record: Annotated[
        list[str] | None,
        typer.Option(
            "--record",
            metavar="POPULATION:WHAT",
            help="Record more than spikes: V1/E:v,rate, V1/E[0:10]:v, or V1/E->V2/E:weights; none: spikes only. "
            "May be repeated.",
        ),
    ] = None,
    interval: Annotated[
        str | None, typer.Option(help="Sampling interval of states and rates; default: the time step.")
    ] = None,
    trials: Annotated[int, typer.Option(min=1, max=100_000, help="Number of copies simulated at once.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of weights, random inputs and noise.")] = 0,
    nudging: Annotated[float, typer.Option(help="Nudging strength of taught outputs.")] = 0.0,
    rule: Annotated[
        str | None, typer.Option(metavar="RULE", help="Learning rule: a built-in rule, or a rule file.")
    ] = None,
    learn: Annotated[
        list[str] | None,
        typer.Option(metavar="PROJECTION", help="Projection that learns, or all. May be repeated.", show_default=False),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Parameter of the rule, as 'tau_plus=17 ms'. May be repeated."),
    ] = None,
    update: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UPDATE",
            help="Update of the proposed changes, as 'clip low=0 high=1'; default: 'step size=1'. May be repeated.",
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Several rules: a file with [[rules]], such as an experiment file."),
    ] = None,
    weights_every: Annotated[
        str | None, typer.Option(help="Sampling interval of learning weights; default: 1/100 of the duration.")
    ] = None,
    precision: Annotated[
        Precision, typer.Option(help="Floating-point precision of recorded numbers.")
    ] = Precision.double,
    delivery: Annotated[
        DeliveryChoice, typer.Option(help="Shared weights, or brian2.Synapses (same spikes, slower).")
    ] = DeliveryChoice.shared,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder; default runs/simulate-<circuit>-<date>-<time>.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but mistakes.")] = False,
) -> None:
    """Simulate a circuit for any time, with fixed weights or learning by a rule, and write the results."""
    from brainlearn.cli.display import step_display

    if not quiet:
        say(f"Reading {circuit} ...")
    from brainlearn.cli.describe import load
    from brainlearn.simulating.in_folder import new_folder, simulate_in, what_learns

    loaded = load(circuit)
    with step_display(quiet, "building the circuit") as watch:
        prepared = _prepare(
            loaded,
            duration,
            _inputs(inputs),
            record or [],
            interval,
            trials,
            seed,
            delivery.value,
            precision.value,
            nudging,
            what_learns(_asked(rule, learn or [], parameter or [], update or []), rules),
            weights_every,
        )
        folder = new_folder(loaded, output)
        simulated = simulate_in(prepared, folder, watch)
    if not quiet or simulated.stopped:
        _report(folder, quiet)
    if simulated.stopped:
        raise KeyboardInterrupt


def _asked(rule: str | None, learn: Sequence[str], parameters: Sequence[str], updates: Sequence[str]) -> Asked:
    """Return what is to learn."""
    from brainlearn.simulating.learning import Asked

    values = dict(_setting("parameter", text, text) for text in parameters)
    return Asked(rule, learn, values, [_update(text) for text in updates])


def _update(text: str) -> dict[str, Any]:
    """Return an update that is written as ``clip low=0 high=1``."""
    name, *settings = text.split()
    return {
        "name": name,
        **{key: _value(value) for key, value in (_setting("update", each, text) for each in settings)},
    }


def _setting(option: str, text: str, whole: str) -> tuple[str, str]:
    from brainlearn.mistakes import Mistake, UserError

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UserError(Mistake(f"--{option}", "not a setting", f'"{whole}"', "NAME=VALUE"))
    return name.strip(), value.strip()


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _inputs(texts: Sequence[str] | None) -> dict[str, str] | None:
    """Return what each ``--input`` sets, None if there is none."""
    from brainlearn.mistakes import Mistake, UserError
    from brainlearn.simulating.input_text import split_input

    if not texts:
        return None
    found: dict[str, str] = {}
    for text in texts:
        what, value = split_input(text)
        if what in found:
            raise UserError(Mistake(f"--input {what}", "given twice", f'"{found[what]}" and "{value}"', "once"))
        found[what] = value
    return found


def _prepare(*asked: object) -> Prepared:
    """Check the arguments; mistakes name the option that they belong to."""
    from brainlearn.mistakes import UserError
    from brainlearn.simulating.run import prepare

    try:
        return prepare(*asked)  # type: ignore[arg-type]
    except UserError as error:
        raise UserError(
            *(replace(m, where=f"--{m.where}") if m.where.startswith(OPTIONS) else m for m in error.mistakes)
        ) from None


def _report(folder: RunFolder, quiet: bool) -> None:
    """Print the results, and where the files are."""
    import json

    from brainlearn.cli.terminal import terminal_console
    from brainlearn.results.spike_statistics import statistics_of
    from brainlearn.results.store import open_simulation

    with open_simulation(folder.result) as tree:
        notes, found, learned = json.loads(tree.attrs["notes"]), statistics_of(tree), _learned(tree)
    console = terminal_console(error=quiet)
    if found and not quiet:
        console.print(statistics_table(found))
    if not quiet:
        for line in learned:
            console.print(line)
    for note in notes:
        console.print(f"Note: {note}")
    console.print(f"Files: {folder}/ ({folder.result.name}, {folder.circuit.name})")
    console.print(f"Report: {folder.report}")


def _learned(tree: DataTree) -> list[str]:
    """Describe the changes of the weights that learned."""
    groups = tree.children["learning"].children.values() if "learning" in tree.children else ()
    found = [(each.attrs["projection"], each.ds["mean"].values, each.ds["sd"].values) for each in groups]
    return [
        f"Weights of {name}: mean {mean[0]:.4g} → {mean[-1]:.4g}, standard deviation {sd[0]:.4g} → {sd[-1]:.4g}"
        for name, mean, sd in found
    ]


def statistics_table(found: Sequence[PopulationStatistics]) -> Table:
    """Return a table of the spike trains of every population."""
    from rich.table import Table

    columns = ("population", "units", "spikes", "mean rate", "silent", "CV", "LV", "correlation")
    table = Table(*columns, title="Spike trains", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in found:
        numbers = (f"{each.units:,}", f"{each.spikes:,}", f"{each.rate:.3g} Hz", f"{each.silent:.0f} %")
        table.add_row(each.path, *numbers, *(_number(value) for value in (each.cv, each.lv, each.correlation)))
    return table


def _number(value: float) -> str:
    return "-" if value != value else f"{value:.2f}"
